/** Before every script: says in words what Node lacks, where it would say ERR_UNKNOWN_FILE_EXTENSION ".ts". */
if (!process.features.typescript) {
  console.error(`
The scripts here are TypeScript, which Node runs by itself from 22.18 on; this is Node ${process.versions.node}.
On Linux (x64, arm64) \`npm ci\` brings Node 24 along, in a package that is missing here: run it again, without
--omit=optional. Elsewhere install Node 24 from https://nodejs.org.
`);
  process.exit(1);
}
