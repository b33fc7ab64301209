/**
 * Reads one TypeScript file as a syntax tree and reports what the "Never" list of ARCHITECTURE.md forbids there.
 * Enters: path below the root and text. Leaves: findings with their line. Runs nothing and follows no imports.
 */
import ts from 'typescript';

export interface Finding {
  readonly never: Never;
  readonly where: string;
  readonly what: string;
}

export type Never = 'environment' | 'exit' | 'clock' | 'chance' | 'files' | 'outgoing' | 'compile' | 'patient-data';

const EDGE = /^src\/(main\.ts$|cli\/)/;

/** Where each thing may be done after all. Everything else below src/ may not. */
const ALLOWED: Readonly<Record<Never, RegExp>> = {
  environment: /^src\/config\.ts$/,
  exit: EDGE,
  // The page has the clock of the browser that it runs in, and asks the service that it came from.
  clock: /^src\/(main\.ts$|cli\/|sandbox\/)/,
  // Random ids are handed down as a tool: only the pure way of a request is held to that.
  chance: /^src\/(?!cds-hooks\/|fhir\/|case\/|facts\/|rules\/|cards\/|decide\.ts$)/,
  // audit/ keeps files of its own; the demo EHR reads its example patients.
  files: /(\/(load[^/]*|[^/]*-loader|code-sets|config)\.ts$)|^src\/(cli|demo|audit)\//,
  outgoing: /^src\/(fhir\/client\.ts$|trust\/|cli\/|sandbox\/)/,
  // A loader as a whole runs at start-up.
  compile: /\/load[^/]*\.ts$|^src\/cli\//,
  'patient-data': /^src\/cli\//,
};

const FILE_MODULE = /^(node:)?fs(\/promises)?$/;
const NETWORK_MODULE = /^((node:)?(http|https|http2|net|tls|dgram)|undici|axios|got|ky|node-fetch|pg|ws)$/;
/** Names of the network modules that open nothing. */
const HARMLESS = /^(STATUS_CODES|METHODS|isIP|isIPv4|isIPv6|BlockList|SocketAddress)$/;
const BUILDER = /^(load|compile|create|build)|Compiler$/;
const LOG_LEVEL = /^(trace|debug|info|warn|error|fatal)$/;
const TELLS_OF_PATIENT =
  /^(patient\w*|body|prefetch|headers|authorization|query|url|originalUrl|context|draft\w*|resources?|cards?|facts|evidence|trace)$/i;

/** @returns every breach in the file that its path does not allow. */
export function scanSource(path: string, text: string): Finding[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const own = declaredNames(file);
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    for (const never of breachesAt(node, own, path)) {
      if (ALLOWED[never].test(path)) continue;
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      findings.push({ never, where: `${path}:${line + 1}`, what: node.getText().split('\n')[0] ?? '' });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return findings;
}

function breachesAt(node: ts.Node, own: ReadonlySet<string>, path: string): Never[] {
  if (ts.isImportDeclaration(node)) return breachesOfImport(node);
  const breaches: Never[] = [];
  if (readsEnvironment(node)) breaches.push('environment');
  if (exits(node)) breaches.push('exit');
  if (readsClock(node, own)) breaches.push('clock');
  if (readsChance(node)) breaches.push('chance');
  if (opensConnection(node, own, path)) breaches.push('outgoing');
  if (compiles(node) && !isBuiltOnce(node)) breaches.push('compile');
  if (tellsOfPatient(node)) breaches.push('patient-data');
  return breaches;
}

function breachesOfImport(node: ts.ImportDeclaration): Never[] {
  if (node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const from = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
  const names = importedNames(node);
  const breaches: Never[] = [];
  if (FILE_MODULE.test(from)) breaches.push('files');
  if (NETWORK_MODULE.test(from) && !(names.length > 0 && names.every((name) => HARMLESS.test(name))))
    breaches.push('outgoing');
  if (/^(node:)?process$/.test(from)) {
    if (names.includes('env')) breaches.push('environment');
    if (names.includes('exit')) breaches.push('exit');
  }
  if (/^(node:)?crypto$/.test(from) && names.some((name) => name.startsWith('random'))) breaches.push('chance');
  return breaches;
}

function importedNames(node: ts.ImportDeclaration): string[] {
  const bindings = node.importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
}

/** `process.env`, `process['env']`, and `const { env } = process`. */
function readsEnvironment(node: ts.Node): boolean {
  return isMember(node, 'process', /^env$/) || takesFrom(node, 'process', 'env');
}

function exits(node: ts.Node): boolean {
  return isMember(node, 'process', /^(exit|exitCode|abort|kill|reallyExit)$/) || takesFrom(node, 'process', 'exit');
}

/** Also `now = Date.now` as a default: who forgets the argument would read the clock without seeing it. */
function readsClock(node: ts.Node, own: ReadonlySet<string>): boolean {
  if (isMember(node, 'Date', /^now$/)) return true;
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return false;
  if (!isName(node.expression, 'Date') || own.has('Date')) return false;
  return ts.isCallExpression(node) || (node.arguments?.length ?? 0) === 0;
}

function readsChance(node: ts.Node): boolean {
  return isMember(node, 'Math', /^random$/) || isMember(node, 'crypto', /^random/);
}

/**
 * The global `fetch`. A parameter of that name is a tool that was handed in, and `typeof fetch` is only a type.
 * `app.ts` and `main.ts` may hand it down, not call it.
 */
function opensConnection(node: ts.Node, own: ReadonlySet<string>, path: string): boolean {
  const handsDown = /^src\/(app|main)\.ts$/.test(path);
  if (isMember(node, 'globalThis', /^fetch$/)) return !handsDown || isCalled(node);
  if (!isName(node, 'fetch') || own.has('fetch')) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isTypeQueryNode(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) return false;
  return !handsDown || isCalled(node);
}

/** A schema, a FHIRPath or a regular expression made from text. A regular expression literal is compiled with its file. */
function compiles(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return isName(node.expression, 'RegExp') || /^Ajv/.test(node.expression.getText());
  if (!ts.isCallExpression(node)) return false;
  const callee = node.expression;
  if (ts.isIdentifier(callee)) return callee.text === 'compile' || callee.text === 'RegExp';
  if (!ts.isPropertyAccessExpression(callee)) return false;
  if (callee.name.text === 'compile' || callee.name.text === 'compileAsync') return true;
  // Both compile behind the reader's back.
  return isMember(callee, 'fhirpath', /^(evaluate|parse)$/) || isMember(callee, 'ajv', /^validate$/);
}

/**
 * At the top level, or in a function whose name says that it builds (load, compile, create, build).
 * A function that a builder *returns* is what runs later, so it does not count as building.
 */
function isBuiltOnce(node: ts.Node): boolean {
  for (let at: ts.Node = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (!ts.isFunctionLike(at)) continue;
    const name = nameOfFunction(at);
    if (name !== undefined) return BUILDER.test(name);
    if (ts.isReturnStatement(at.parent) || ts.isArrowFunction(at.parent)) return false;
  }
  return true;
}

function nameOfFunction(node: ts.SignatureDeclaration): string | undefined {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText();
  return undefined;
}

/** A log line or a metric label that names what only the record of a patient holds. */
function tellsOfPatient(node: ts.Node): boolean {
  if (ts.isPropertyAssignment(node) && isName(node.name, 'labelNames')) {
    return mentions(node.initializer, /^(.*patient.*|url|path|query|user\w*|id|reference|token)$/i);
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { name, expression } = node.expression;
  if (!LOG_LEVEL.test(name.text) || !/(^|\.)(log|logger)$/.test(expression.getText())) return false;
  return node.arguments.some((argument) => mentions(argument, TELLS_OF_PATIENT));
}

/** Names and, in lists of labels, texts. Sentences for the log are not names and stay free. */
function mentions(node: ts.Node, names: RegExp): boolean {
  if ((ts.isIdentifier(node) || ts.isStringLiteral(node)) && names.test(node.text)) return true;
  return ts.forEachChild(node, (child) => mentions(child, names) || undefined) ?? false;
}

function isMember(node: ts.Node, owner: string, member: RegExp): boolean {
  if (ts.isPropertyAccessExpression(node)) return isOwner(node.expression, owner) && member.test(node.name.text);
  if (!ts.isElementAccessExpression(node) || !ts.isStringLiteral(node.argumentExpression)) return false;
  return isOwner(node.expression, owner) && member.test(node.argumentExpression.text);
}

/** `Date`, and `globalThis.Date` too. */
function isOwner(node: ts.Node, owner: string): boolean {
  return isName(node, owner) || (ts.isPropertyAccessExpression(node) && node.getText() === `globalThis.${owner}`);
}

function takesFrom(node: ts.Node, owner: string, member: string): boolean {
  if (!ts.isVariableDeclaration(node) || !node.initializer || !isOwner(node.initializer, owner)) return false;
  if (!ts.isObjectBindingPattern(node.name)) return false;
  return node.name.elements.some((element) => (element.propertyName ?? element.name).getText() === member);
}

function isName(node: ts.Node, text: string): node is ts.Identifier {
  return ts.isIdentifier(node) && node.text === text;
}

function isCalled(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression === node;
}

/** Names that the file itself gives: parameters, variables, functions. They hide a global of the same name. */
function declaredNames(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}
