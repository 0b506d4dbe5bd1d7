/** The product's skills as the protocol serves them; the files themselves are resources. */
import { skills } from "../../tools/skills.ts";
import type { SkillEntry, Skills } from "../mcp/surface.ts";

export const productSkills: Skills = {
  async list(): Promise<SkillEntry[]> {
    return (await skills()).map(({ uri, frontmatter, resources }) => ({ uri, frontmatter, resources }));
  },
};

/** The text of a skill's file; undefined: it is none. */
export async function skillFile(uri: string): Promise<string | undefined> {
  return (await skills()).find((skill) => skill.uri === uri)?.text;
}
