#!/usr/bin/env node
// format-web.mjs -- One shape for the pages: Prettier, with html`...` templates as
// tools/prettier-htm.mjs prints them.
//
//     node tools/format-web.mjs [--check] [FILE...]     default: all of web/ and test/browser/
//
// That a template means the same afterwards is proved, not hoped: the trees that htm builds from
// it before and after are compared, and a file in which one differs is left as it is.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as htmPlugin from './prettier-htm.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(top, 'web', 'package.json'));
const ts = require('typescript');
const prettier = require('prettier');
const htm = require('htm');

const forCode = {
    printWidth: 100,
    tabWidth: 4,
    singleQuote: true,
    quoteProps: 'consistent',
    plugins: [htmPlugin],
};
const forPages = { printWidth: 100, tabWidth: 2 };

/** What htm makes of every template of a source, with its values numbered. */
function trees(text) {
    const source = ts.createSourceFile('page.js', text, ts.ScriptTarget.Latest, true);
    const build = htm.bind((type, props, ...children) => ({ type, props, children }));
    const found = [];
    const visit = (node) => {
        if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'html') {
            const t = node.template;
            const parts = ts.isNoSubstitutionTemplateLiteral(t)
                ? [t.text]
                : [t.head.text, ...t.templateSpans.map((s) => s.literal.text)];
            const tree = build(parts, ...parts.slice(1).map((_, i) => `<${i}>`));
            found.push(JSON.stringify(tree));
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return found.join('\n');
}

async function format(file, text) {
    const isCode = /\.m?js$/.test(file);
    const options = { ...(isCode ? forCode : forPages), filepath: file };
    let now = text;
    let last = '';
    // Once is enough but for a few comments inside values, which settle the second time.
    for (let i = 0; i < 3 && now !== last; i++) {
        last = now;
        now = await prettier.format(last, options);
    }
    if (isCode && trees(now) !== trees(text))
        throw new Error('a template would change its meaning; left as it is');
    return now;
}

function filesUnder(folder) {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
        const path = join(folder, e.name);
        if (e.isDirectory()) return e.name === 'node_modules' ? [] : filesUnder(path);
        return /\.(m?js|css|html)$/.test(e.name) ? [path] : [];
    });
}

const args = process.argv.slice(2);
const check = args[0] === '--check';
const named = args.slice(check ? 1 : 0);
const folders = ['web', 'test/browser', 'test/slow', 'tools'].map((f) => join(top, f));
const files = named.length > 0 ? named : folders.flatMap(filesUnder);
let bad = 0;
for (const file of files.sort()) {
    const text = readFileSync(file, 'utf8');
    const name = relative(top, file);
    try {
        const now = await format(file, text);
        if (now === text) continue;
        if (check) {
            console.log(`${name}: not formatted (node tools/format-web.mjs)`);
            bad++;
        } else {
            writeFileSync(file, now);
            console.log(name);
        }
    } catch (e) {
        console.log(`${name}: ${e.message}`);
        bad++;
    }
}
process.exit(bad > 0 ? 1 : 0);
