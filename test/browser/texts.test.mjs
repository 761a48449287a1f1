// The catalogue of texts: every key the pages ask for exists once, in both languages, with the same values.
import test from './count.mjs';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { fill } from '../../web/lib/fill.js';
import { capitals } from '../../web/lib/capitals.js';

const web = fileURLToPath(new URL('../../web/', import.meta.url));
const files = readdirSync(join(web, 'lib/texts')).filter((x) => x.endsWith('.js'));
const all = {};
for (const f of files) Object.assign(all, (await import(join(web, 'lib/texts', f))).default);

test('no key is written twice', () => {
    const seen = new Map();
    for (const f of files)
        for (const m of readFileSync(join(web, 'lib/texts', f), 'utf8').matchAll(
            /["']([\w.]+)["']:\s*\[/g,
        )) {
            assert.ok(!seen.has(m[1]), `${m[1]} is in ${seen.get(m[1])} and in ${f}`);
            seen.set(m[1], f);
        }
    assert.equal(seen.size, Object.keys(all).length);
});

test('every text is there in Chinese and in English, with the same values', () => {
    const names = (s) => [...new Set([...s.matchAll(/\{(\w+)/g)].map((m) => m[1]))].sort().join();
    for (const [k, pair] of Object.entries(all)) {
        assert.equal(pair.length, 2, k);
        assert.ok(pair[0] && pair[1], k + ' lacks a language');
        /* a plural only English needs may name a value that Chinese does not show */
        if (!pair[1].includes('#'))
            assert.equal(names(pair[0]), names(pair[1]), k + ' uses other values in one language');
    }
});

test('values are filled in, and no brace is left', () => {
    assert.equal(fill('{n#one day|{n} days} of {m}', { n: 1, m: 7 }), 'one day of 7');
    assert.equal(fill('{n#one day|{n} days} of {m}', { n: 2, m: 7 }), '2 days of 7');
    for (const [k, pair] of Object.entries(all))
        for (const text of pair)
            for (const n of [1, 2]) {
                const names = [...text.matchAll(/\{(\w+)/g)].map((m) => m[1]);
                const filled = fill(text, Object.fromEntries(names.map((x) => [x, n])));
                assert.doesNotMatch(filled, /[{}]/, k);
            }
});

test('every key a page asks for exists', () => {
    const pages = [
        ...readdirSync(web).filter((f) => f.endsWith('.js')),
        ...readdirSync(join(web, 'lib'))
            .filter((f) => f.endsWith('.js'))
            .map((f) => 'lib/' + f),
    ];
    for (const f of pages) {
        const s = readFileSync(join(web, f), 'utf8');
        for (const m of s.matchAll(/\bt(?:In\("\w+", )?\(?["'](\w+(?:\.\w+)+)["'][,)]/g))
            if (!f.endsWith('texts.js')) assert.ok(all[m[1]], `${f} asks for ${m[1]}`);
    }
});

test('amounts in capitals are on the page what they are on paper', () => {
    const cases = readFileSync(join(web, '../test/base/money_test.c'), 'utf8');
    const rows = [...cases.matchAll(/\{ (-?\d+), "([^"]*[元角分整])"/g)];
    assert.ok(rows.length > 20);
    for (const [, fen, want] of rows) assert.equal(capitals(BigInt(fen)), want);
});
