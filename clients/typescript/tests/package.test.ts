/** What is published: nothing but what a stranger needs, usable without a browser's types, built with the frontend's versions. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));

interface Manifest {
  dependencies?: object;
  devDependencies: Record<string, string>;
}

function manifestOf(path: string): Manifest {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as Manifest;
}

test("the package holds what was built, its types, the licence and the read-me, and needs nothing else", () => {
  const report = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: FOLDER, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [packed] = JSON.parse(report) as [{ files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => path);

  expect(paths.filter((path) => !path.startsWith("dist/"))).toEqual(["LICENSE", "README.md", "package.json"]);
  expect(paths).toEqual(expect.arrayContaining(["dist/index.js", "dist/index.d.ts", "dist/generated/wire.d.ts"]));
  expect(paths.filter((path) => path.startsWith("dist/") && !/\.(js|d\.ts)$/.test(path))).toEqual([]);
  expect(manifestOf("../package.json").dependencies).toBeUndefined();
});

test("the published types need no browser and no Node", () => {
  const program = ts.createProgram([`${FOLDER}dist/index.d.ts`], {
    lib: ["lib.es2022.d.ts"],
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipDefaultLibCheck: true,
    noEmit: true,
  });
  const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));

  expect(problems).toEqual([]);
});

test("every example of the read-me compiles as it stands", () => {
  const examples = [...readFileSync(`${FOLDER}README.md`, "utf8").matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
  const options: ts.CompilerOptions = {
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { "touchline-client": [`${FOLDER}dist/index.d.ts`] },
  };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  const names = examples.map((_, index) => `${FOLDER}example${index}.ts`);
  host.getSourceFile = (name, ...rest) => {
    const index = names.indexOf(name);
    return index < 0 ? readSource(name, ...rest) : ts.createSourceFile(name, examples[index]!, ts.ScriptTarget.ES2022);
  };
  const problems = ts.getPreEmitDiagnostics(ts.createProgram(names, options, host)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));

  expect(examples.length).toBe(3);
  expect(problems).toEqual([]);
});

test("tools have the versions that the frontend uses", () => {
  const theirs = manifestOf("../../../frontend/package.json").devDependencies;
  const ours = manifestOf("../package.json").devDependencies;

  expect(ours).toEqual(Object.fromEntries(Object.keys(ours).map((name) => [name, theirs[name]])));
});
