import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Answer } from '../../http/answer.js';
import { Problem } from '../../http/problem.js';
import type { Route } from '../../http/route.js';
import { pageHeaders } from '../../http/security-headers.js';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Ferry API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** A file of its own, because the page's policy allows no inline script. */
const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#ui', deepLinking: true, tryItOutEnabled: true, displayRequestDuration: true,
});
`;

/** The only files of swagger-ui-dist that the page needs; nothing else of it can be asked for. */
const libraryFiles: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const fileTypes = ['text/javascript', 'text/css', 'image/png'];

/** An hour: the files change only with a new version of Ferry. */
const cached = { ...pageHeaders, 'Cache-Control': 'public, max-age=3600' };

const read = new Map<string, Promise<Buffer>>();

/** Resolved and not imported: importing the package would load the 1.5 MB bundle into this process as code. */
function libraryFile(name: string): Promise<Buffer> {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const file = read.get(name) ?? readFile(join(folder, name));
  read.set(name, file);
  return file;
}

async function asset(name: string): Promise<Answer> {
  if (name === 'start.js') return { status: 200, type: 'text/javascript; charset=utf-8', body: start, headers: cached };
  const type = Object.hasOwn(libraryFiles, name) ? libraryFiles[name] : undefined;
  if (type === undefined) throw new Problem('route-not-found', 'The page has no such file.');
  return { status: 200, type, body: await libraryFile(name), headers: cached };
}

export const pageRoutes: readonly Route[] = [
  {
    for: 'everybody',
    method: 'get',
    path: '/docs',
    operationId: 'docsPage',
    tag: 'Documents',
    summary: 'This description as a page to browse and try',
    answers: { 200: { description: 'The page.', type: 'text/html' } },
    problems: [],
    handle: () => Promise.resolve({ status: 200, type: 'text/html; charset=utf-8', body: page, headers: pageHeaders }),
  },
  {
    for: 'everybody',
    method: 'get',
    path: '/docs/:file',
    operationId: 'docsFile',
    tag: 'Documents',
    summary: 'A script or style of the page',
    params: { file: { type: 'string', enum: ['start.js', ...Object.keys(libraryFiles)] } },
    answers: { 200: { description: 'The file.', type: fileTypes } },
    problems: ['route-not-found'],
    handle: (context) => asset(context.param('file')),
  },
];
