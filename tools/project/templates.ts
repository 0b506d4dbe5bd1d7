/** Project templates: lists and tasks with their lengths in working days and what waits on what. Plain data. */
import type { Priority } from "../priorities.ts";

export interface TemplateTask {
  /** Unique in the template. */
  key: string;
  name: string;
  /** Working days; 0 is a milestone. */
  days: number;
  after?: readonly string[];
  priority?: Priority;
  markdown?: string;
}

interface TemplateList {
  name: string;
  content?: string;
  tasks: readonly TemplateTask[];
}

export interface ProjectTemplate {
  /** The word that names it in arguments. */
  id: string;
  name: string;
  description: string;
  lists: readonly TemplateList[];
}

const SOFTWARE_SPRINT: ProjectTemplate = {
  id: "software_sprint",
  name: "Software sprint",
  description: "Two weeks of development, from planning to retrospective.",
  lists: [
    {
      name: "Sprint",
      content: "Work of this sprint.",
      tasks: [
        {
          key: "plan",
          name: "Sprint planning",
          days: 1,
          priority: "high",
          markdown:
            "- [ ] Agree on the sprint goal\n- [ ] Pick stories that fit\n- [ ] Split them into tasks",
        },
        { key: "design", name: "Technical design", days: 2, after: ["plan"] },
        { key: "build", name: "Implementation", days: 5, after: ["design"], priority: "high" },
        { key: "review", name: "Code review", days: 1, after: ["build"] },
        { key: "test", name: "Acceptance tests", days: 2, after: ["design"] },
      ],
    },
    {
      name: "Release",
      content: "What ends the sprint.",
      tasks: [
        { key: "verify", name: "Run acceptance tests on staging", days: 1, after: ["review", "test"] },
        { key: "release", name: "Release", days: 0, after: ["verify"], priority: "urgent" },
        { key: "demo", name: "Sprint review and demo", days: 1, after: ["release"] },
        {
          key: "retro",
          name: "Retrospective",
          days: 1,
          after: ["demo"],
          markdown: "- What went well\n- What did not\n- What to change",
        },
      ],
    },
    { name: "Bugs", content: "Defects found during the sprint.", tasks: [] },
  ],
};

const PRODUCT_LAUNCH: ProjectTemplate = {
  id: "product_launch",
  name: "Product launch",
  description: "From positioning to the days after launch.",
  lists: [
    {
      name: "Strategy",
      tasks: [
        { key: "research", name: "Market and competitor research", days: 5 },
        { key: "position", name: "Positioning and messages", days: 3, after: ["research"], priority: "high" },
        { key: "pricing", name: "Pricing", days: 3, after: ["research"] },
        { key: "goals", name: "Launch goals and metrics", days: 1, after: ["position"] },
      ],
    },
    {
      name: "Product readiness",
      tasks: [
        { key: "beta", name: "Beta test with customers", days: 10, priority: "high" },
        { key: "fixes", name: "Fix what the beta found", days: 5, after: ["beta"], priority: "high" },
        { key: "docs", name: "Help pages and release notes", days: 4, after: ["beta"] },
        { key: "support", name: "Train support", days: 2, after: ["docs"] },
        {
          key: "go",
          name: "Go or no-go",
          days: 0,
          after: ["fixes", "support", "pricing"],
          priority: "urgent",
        },
      ],
    },
    {
      name: "Go to market",
      tasks: [
        { key: "page", name: "Landing page", days: 5, after: ["position"] },
        { key: "press", name: "Press kit and announcements", days: 4, after: ["position"] },
        { key: "sales", name: "Sales material", days: 4, after: ["position", "pricing"] },
        {
          key: "launch",
          name: "Launch day",
          days: 1,
          after: ["go", "page", "press", "sales"],
          priority: "urgent",
        },
        { key: "watch", name: "Watch metrics and answer feedback", days: 5, after: ["launch"] },
        { key: "lessons", name: "Launch review", days: 1, after: ["watch"] },
      ],
    },
  ],
};

const MARKETING_CAMPAIGN: ProjectTemplate = {
  id: "marketing_campaign",
  name: "Marketing campaign",
  description: "Brief, content, channels and results of one campaign.",
  lists: [
    {
      name: "Planning",
      tasks: [
        {
          key: "brief",
          name: "Campaign brief",
          days: 2,
          priority: "high",
          markdown: "- Goal\n- Audience\n- Message\n- Budget\n- Channels",
        },
        { key: "budget", name: "Budget approval", days: 2, after: ["brief"] },
        { key: "calendar", name: "Channel plan and calendar", days: 2, after: ["brief"] },
      ],
    },
    {
      name: "Content",
      tasks: [
        { key: "copy", name: "Copy", days: 4, after: ["calendar"] },
        { key: "visuals", name: "Visuals", days: 5, after: ["calendar"] },
        { key: "mail", name: "E-mail sequence", days: 3, after: ["copy"] },
        { key: "approve", name: "Review and approval", days: 2, after: ["copy", "visuals", "mail"] },
      ],
    },
    {
      name: "Launch and results",
      tasks: [
        { key: "tracking", name: "Tracking and dashboards", days: 2, after: ["calendar"] },
        {
          key: "start",
          name: "Campaign goes live",
          days: 0,
          after: ["approve", "budget", "tracking"],
          priority: "urgent",
        },
        { key: "tune", name: "Monitor and adjust", days: 10, after: ["start"] },
        { key: "report", name: "Results report", days: 2, after: ["tune"] },
      ],
    },
  ],
};

const CLIENT_ONBOARDING: ProjectTemplate = {
  id: "client_onboarding",
  name: "Client onboarding",
  description: "The first weeks with a new client, from contract to handover.",
  lists: [
    {
      name: "Before kick-off",
      tasks: [
        { key: "contract", name: "Contract signed and filed", days: 2, priority: "high" },
        { key: "team", name: "Name the team and contacts", days: 1, after: ["contract"] },
        { key: "access", name: "Accounts and access", days: 2, after: ["contract"] },
        { key: "survey", name: "Client questionnaire", days: 3, after: ["contract"] },
      ],
    },
    {
      name: "Kick-off",
      tasks: [
        { key: "meeting", name: "Kick-off meeting", days: 1, after: ["team", "survey"], priority: "high" },
        { key: "plan", name: "Success plan with goals", days: 3, after: ["meeting"] },
        { key: "agreed", name: "Plan agreed", days: 0, after: ["plan"] },
      ],
    },
    {
      name: "Set-up and handover",
      tasks: [
        { key: "setup", name: "Set up and migrate data", days: 5, after: ["agreed", "access"] },
        { key: "training", name: "Train the client's people", days: 2, after: ["setup"] },
        { key: "live", name: "Client is live", days: 0, after: ["training"], priority: "urgent" },
        { key: "check", name: "Check-in after two weeks", days: 1, after: ["live"] },
      ],
    },
  ],
};

const EVENT: ProjectTemplate = {
  id: "event",
  name: "Event",
  description: "A conference, meet-up or webinar: programme, place, guests, the day and after.",
  lists: [
    {
      name: "Concept",
      tasks: [
        { key: "goal", name: "Goal, audience and format", days: 2, priority: "high" },
        { key: "budget", name: "Budget", days: 2, after: ["goal"] },
        { key: "venue", name: "Book venue or platform", days: 5, after: ["budget"], priority: "high" },
      ],
    },
    {
      name: "Programme and guests",
      tasks: [
        { key: "speakers", name: "Invite speakers", days: 10, after: ["goal"] },
        { key: "programme", name: "Publish programme", days: 2, after: ["speakers", "venue"] },
        { key: "registration", name: "Open registration", days: 1, after: ["programme"] },
        { key: "promote", name: "Promotion", days: 15, after: ["registration"] },
        { key: "sponsors", name: "Sponsors", days: 10, after: ["budget"] },
      ],
    },
    {
      name: "The day",
      tasks: [
        { key: "catering", name: "Catering and equipment", days: 5, after: ["venue"] },
        { key: "rehearse", name: "Rehearsal", days: 1, after: ["promote", "catering", "sponsors"] },
        { key: "event", name: "Event day", days: 1, after: ["rehearse"], priority: "urgent" },
        { key: "thanks", name: "Thanks and recordings", days: 2, after: ["event"] },
        { key: "survey", name: "Survey and review", days: 3, after: ["event"] },
      ],
    },
  ],
};

const HIRING: ProjectTemplate = {
  id: "hiring",
  name: "Hiring",
  description: "Filling one position, from the profile to the first week.",
  lists: [
    {
      name: "Search",
      tasks: [
        { key: "profile", name: "Role profile and salary range", days: 2, priority: "high" },
        { key: "advert", name: "Publish advert", days: 1, after: ["profile"] },
        { key: "screen", name: "Screen applications", days: 10, after: ["advert"] },
      ],
    },
    {
      name: "Interviews",
      tasks: [
        { key: "first", name: "First interviews", days: 5, after: ["screen"] },
        { key: "task", name: "Work sample", days: 5, after: ["first"] },
        { key: "final", name: "Final interviews", days: 3, after: ["task"] },
        { key: "offer", name: "Offer accepted", days: 0, after: ["final"], priority: "urgent" },
      ],
    },
    {
      name: "Onboarding",
      tasks: [
        { key: "equip", name: "Equipment and accounts", days: 3, after: ["offer"] },
        { key: "schedule", name: "Plan for the first week", days: 1, after: ["offer"] },
        { key: "firstweek", name: "First week", days: 5, after: ["equip", "schedule"] },
      ],
    },
  ],
};

export const TEMPLATES: readonly ProjectTemplate[] = [
  SOFTWARE_SPRINT,
  PRODUCT_LAUNCH,
  MARKETING_CAMPAIGN,
  CLIENT_ONBOARDING,
  EVENT,
  HIRING,
];

/** All tasks of a template with the list each lies in, in order. */
export function tasksOf(template: ProjectTemplate): { task: TemplateTask; list: string }[] {
  return template.lists.flatMap((list) => list.tasks.map((task) => ({ task, list: list.name })));
}
