/** Resources of the suite: two that stand still, one that is watched, one template. */
import type { ReadResourceResult, Resource } from "@modelcontextprotocol/server";
import type { Resources } from "../../../../objects/mcp/surface.ts";
import { PNG } from "./media.ts";

const LISTED: {
  definition: Resource & { mimeType: string };
  content: { text: string } | { blob: string };
}[] = [
  {
    definition: {
      uri: "test://static-text",
      name: "static-text",
      description: "Text that never changes.",
      mimeType: "text/plain",
    },
    content: { text: "This is the content of the static text resource." },
  },
  {
    definition: {
      uri: "test://static-binary",
      name: "static-binary",
      description: "An image that never changes.",
      mimeType: "image/png",
    },
    content: { blob: PNG },
  },
  {
    definition: {
      uri: "test://watched-resource",
      name: "watched-resource",
      description: "Clients subscribe to it.",
      mimeType: "text/plain",
    },
    content: { text: "watched" },
  },
];

const TEMPLATE = /^test:\/\/template\/([^/]+)\/data$/;

export const RESOURCES: Resources = {
  list: async () => LISTED.map((resource) => resource.definition),
  templates: () => [
    {
      uriTemplate: "test://template/{id}/data",
      name: "template",
      description: "One piece of data for each id.",
      mimeType: "application/json",
    },
  ],
  async read(uri): Promise<ReadResourceResult | undefined> {
    const id = TEMPLATE.exec(uri)?.[1];
    if (id !== undefined) {
      const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri, mimeType: "application/json", text: data }] };
    }
    const found = LISTED.find((resource) => resource.definition.uri === uri);
    if (found === undefined) return undefined;
    return { contents: [{ uri, mimeType: found.definition.mimeType, ...found.content }] };
  },
};
