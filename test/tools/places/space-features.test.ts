import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { featureName, featuresBody } from "../../../tools/places/space-features.ts";
import { defaultFeatures } from "../../sandbox/clickup/space-defaults.ts";

const names = Object.keys(defaultFeatures()).filter((name) => name !== "multiple_assignees");
const settings = fc.record(
  Object.fromEntries(
    Object.entries(defaultFeatures()).map(([name, switches]) => [
      name,
      fc.record(Object.fromEntries(Object.keys(switches).map((one) => [one, fc.boolean()]))),
    ]),
  ),
);

describe("switching ClickApps", () => {
  it("sends every switch as it is, apart from those that were named", () => {
    fc.assert(
      fc.property(settings, fc.dictionary(fc.constantFrom(...names), fc.boolean()), (current, wanted) => {
        const { features = {} } = featuresBody(wanted, current);
        for (const [name, switches] of Object.entries(features)) {
          for (const [one, on] of Object.entries(switches)) {
            expect(on).toBe(one === "enabled" && name in wanted ? wanted[name] : current[name]?.[one]);
          }
        }
        expect(Object.keys(wanted).every((name) => features[name]?.["enabled"] === wanted[name])).toBe(true);
        if (Object.keys(wanted).length > 0) {
          expect(features).toHaveProperty("due_dates.start_date");
          expect(features).toHaveProperty("portfolios");
        }
      }),
    );
  });

  it("sends nothing that was not asked to a new space, and multiple assignees as a field", () => {
    expect(featuresBody({ tags: true, multiple_assignees: false }, undefined)).toEqual({
      features: { tags: { enabled: true } },
      multiple_assignees: false,
    });
    expect(featuresBody({ multiple_assignees: true }, defaultFeatures())).toEqual({
      multiple_assignees: true,
    });
  });

  it("reads names in any writing", () => {
    expect(["Time Tracking", "time-tracking", " TIME_TRACKING "].map((one) => featureName(one, "f"))).toEqual(
      Array.from({ length: 3 }, () => "time_tracking"),
    );
    expect(() => featureName("teleport", "feature")).toThrow("feature: no feature");
  });
});
