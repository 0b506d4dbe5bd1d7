/** Facts of the seed that tests and `npm start` use. Nothing here reaches a real service. */
export const SANDBOX = {
  clientId: "sandbox-client",
  clientSecret: "sandbox-secret",
  /** Personal tokens by person. */
  tokens: {
    alice: "pk_81000001_SANDBOXALICESANDBOXALICESANDBOX1",
    bob: "pk_81000002_SANDBOXBOBSANDBOXBOBSANDBOXBOBS2",
    carol: "pk_81000003_SANDBOXCAROLSANDBOXCAROLSANDBOX3",
    heidi: "pk_81000008_SANDBOXHEIDISANDBOXHEIDISANDBOX8",
  },
  /** Numeric ids. Alice owns Northwind Labs and Side Project; Bob is only in Bobcorp; Heidi is a guest. */
  users: {
    alice: 81_000_001,
    bob: 81_000_002,
    carol: 81_000_003,
    dan: 81_000_004,
    eve: 81_000_005,
    frank: 81_000_006,
    grace: 81_000_007,
    heidi: 81_000_008,
  },
  workspaces: { northwind: "9012345601", side: "9012345602", bobcorp: "9012345603" },
  /** Ids of places and things with a fixed id; names in comments. */
  spaces: {
    /** Product, custom task ids DEV-n. */
    product: "90125550001",
    marketing: "90125550002",
    operations: "90125550003",
    /** Archived. */
    legacy: "90125550004",
    side: "90125550005",
    bob: "90125550006",
  },
  folders: {
    /** Sprints, in Product. */
    sprints: "90135550001",
    /** Platform, in Product. */
    platform: "90135550002",
    /** Campaigns 🚀, in Marketing. */
    campaigns: "90135550003",
    /** Vendors, in Operations. */
    vendors: "90135550004",
    /** 2023, archived, in Operations. */
    archived: "90135550005",
  },
  lists: {
    /** Sprint 21, in Sprints. */
    sprint21: "901205550001",
    /** Sprint 22, in Sprints. */
    sprint22: "901205550002",
    /** API, in Platform; own statuses. */
    api: "901205550003",
    /** Backlog, folderless in Product; more than 100 tasks. */
    backlog: "901205550004",
    /** Backlog, folderless in Marketing: the same name. */
    marketingBacklog: "901205550005",
    /** Spring launch, in Campaigns. */
    launch: "901205550006",
    /** Content calendar, in Campaigns. */
    content: "901205550007",
    /** Onboarding, folderless in Operations. */
    onboarding: "901205550008",
    /** Contracts, in Vendors. */
    contracts: "901205550009",
    /** Old ideas, archived, folderless in Product. */
    oldIdeas: "901205550010",
    /** Empty list, folderless in Operations. */
    empty: "901205550011",
    /** Garden, folderless in Side Project. */
    garden: "901205550012",
    /** Bob's list, folderless in Bobcorp. */
    bob: "901205550013",
  },
  tasks: {
    /** DEV-42 "Ship the export endpoint": subtasks, comments, attachment, every field, dependencies. */
    export: "86cexprt1",
    /** DEV-43, waits on DEV-42. */
    docs: "86cdocs01",
    /** DEV-44, blocks DEV-42. */
    schema: "86cschem1",
    /** 11 characters. */
    longId: "868cr2t4xab",
    /** Carries text that tries to give orders to a model. */
    injection: "86cinjct1",
    /** Quotes, emoji, HTML and zero-width characters in the name. */
    odd: "86codd001",
    /** In the archived list. */
    archived: "86carchv1",
    /** In Side Project. */
    garden: "86cgardn1",
    /** In Bobcorp: nobody else may see it. */
    bob: "86cbobxx1",
  },
  fields: {
    text: "11111111-0000-4000-a000-000000000001",
    shortText: "11111111-0000-4000-a000-000000000002",
    dropDown: "11111111-0000-4000-a000-000000000003",
    labels: "11111111-0000-4000-a000-000000000004",
    date: "11111111-0000-4000-a000-000000000005",
    number: "11111111-0000-4000-a000-000000000006",
    currency: "11111111-0000-4000-a000-000000000007",
    checkbox: "11111111-0000-4000-a000-000000000008",
    email: "11111111-0000-4000-a000-000000000009",
    phone: "11111111-0000-4000-a000-000000000010",
    url: "11111111-0000-4000-a000-000000000011",
    users: "11111111-0000-4000-a000-000000000012",
    tasks: "11111111-0000-4000-a000-000000000013",
    listRelationship: "11111111-0000-4000-a000-000000000014",
    emoji: "11111111-0000-4000-a000-000000000015",
    manualProgress: "11111111-0000-4000-a000-000000000016",
    automaticProgress: "11111111-0000-4000-a000-000000000017",
    location: "11111111-0000-4000-a000-000000000018",
    attachment: "11111111-0000-4000-a000-000000000019",
    formula: "11111111-0000-4000-a000-000000000020",
    votes: "11111111-0000-4000-a000-000000000021",
    button: "11111111-0000-4000-a000-000000000022",
    /** Required, on Contracts only. */
    contractValue: "11111111-0000-4000-a000-000000000023",
    /** Of the Workspace. */
    costCentre: "11111111-0000-4000-a000-000000000024",
  },
  docs: {
    /** Engineering handbook, in Product, nested pages. */
    handbook: "8cdu22c-10013",
    /** Launch plan, in Marketing. */
    launchPlan: "8cdu22c-10033",
  },
  pages: {
    welcome: "8cdu22c-20013",
    deploy: "8cdu22c-20033",
    rollback: "8cdu22c-20053",
    style: "8cdu22c-20073",
  },
  timeEntries: { tracked: "4611686018427387001" },
  groups: { engineers: "4bfdfcec-6f4f-40a7-b0d6-22660d510001" },
} as const;

/** A fixed clock for tests: 2026-03-02T09:00:00Z, a Monday. */
export const SEED_NOW_MS = Date.UTC(2026, 2, 2, 9, 0, 0);
