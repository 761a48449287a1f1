// On a slow line every step from one module to the next costs a round trip, so each page names all its
// modules in its head. This test reads the imports and compares; UPDATE=1 writes the lines anew.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from './count.mjs';

const web = fileURLToPath(new URL('../../web/', import.meta.url));
/* what the libraries import of each other, after tools/embed-web */
const VENDOR = {
    '/lib/vendor/preact.js': [],
    '/lib/vendor/preact-hooks.js': ['/lib/vendor/preact.js'],
    '/lib/vendor/htm.js': [],
    '/lib/vendor/htm-preact.js': ['/lib/vendor/preact.js', '/lib/vendor/htm.js'],
    '/lib/vendor/signals-core.js': [],
    '/lib/vendor/signals.js': [
        '/lib/vendor/preact.js',
        '/lib/vendor/preact-hooks.js',
        '/lib/vendor/signals-core.js',
    ],
};

function needs(path, seen = new Set()) {
    if (seen.has(path)) return seen;
    seen.add(path);
    if (path.startsWith('/lib/vendor/')) {
        for (const v of VENDOR[path] || []) needs(v, seen);
        return seen;
    }
    const s = readFileSync(join(web, path), 'utf8');
    for (const m of s.matchAll(
        /^\s*(?:import|export)\b[\w\s{},*$]*?from\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']/gm,
    )) {
        const to = m[1] || m[2];
        needs(to.startsWith('/') ? to : normalize(join(dirname(path), to)), seen);
    }
    return seen;
}

for (const page of readdirSync(web).filter((f) => f.endsWith('.html')))
    test(`${page} names its modules in its head`, () => {
        const file = join(web, page);
        const s = readFileSync(file, 'utf8');
        const script = /<script\s+type="module"\s+src="([^"]+)"/.exec(s);
        assert.ok(script, 'it has one module script');
        const want = [...needs(script[1])].filter((x) => x !== script[1]).sort();
        for (const x of want)
            assert.ok(x.startsWith('/lib/vendor/') || existsSync(join(web, x)), x);
        const is = [...s.matchAll(/<link rel="modulepreload" href="([^"]+)"\s*\/?>/g)]
            .map((m) => m[1])
            .sort();
        if (process.env.UPDATE && is.join() !== want.join()) {
            const bare = s.replace(/[ \t]*<link rel="modulepreload"[^>]*>\n/g, '');
            writeFileSync(
                file,
                bare.replace(
                    /([ \t]*)<script\s+type="module"/,
                    (m, indent) =>
                        want
                            .map((x) => `${indent}<link rel="modulepreload" href="${x}" />\n`)
                            .join('') + m,
                ),
            );
            return;
        }
        assert.deepEqual(is, want, 'run UPDATE=1 node test/browser/preload.test.mjs');
    });
