// prettier-htm.mjs -- Teaches Prettier the html`...` templates of htm.
//
// Prettier's own HTML printer would change what they mean, since htm keeps and drops white space
// by rules of its own: a run of text loses a line break at its ends together with the spaces
// around it, and nothing else. So a line may be broken wherever text does not begin or end with a
// space, and between attributes; nowhere else.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..', 'web', 'package.json');
const require = createRequire(web);
const prettier = require('prettier');
const estree = require('prettier/plugins/estree').printers.estree;
const { group, align, softline, line, fill, breakParent, lineSuffixBoundary } =
    prettier.doc.builders;

const WHITE = /\s/;

/**
 * The template as a list of characters and of numbers, a number standing for a ${value}.
 * @param {string[]} strings
 */
function pieces(strings) {
    return strings.flatMap((s, i) => (i === 0 ? [...s] : [i - 1, ...s]));
}

/** Reads a template into elements, texts, values and comments, as htm does. */
class Reader {
    /** @param {string[]} strings */
    constructor(strings) {
        this.all = pieces(strings);
        this.at = 0;
    }

    /** @param {string} text */
    sees(text) {
        return [...text].every((c, i) => this.all[this.at + i] === c);
    }

    children() {
        const out = [];
        let text = '';
        const flush = () => {
            const kept = text.replace(/^\s*\n\s*|\s*\n\s*$/g, '');
            if (kept) out.push({ kind: 'text', text: kept });
            text = '';
        };
        while (this.at < this.all.length && !this.sees('</')) {
            const c = this.all[this.at];
            if (typeof c === 'number') {
                flush();
                out.push({ kind: 'value', value: c });
                this.at++;
            } else if (c === '<') {
                flush();
                out.push(this.sees('<!--') ? this.comment() : this.element());
            } else {
                text += c;
                this.at++;
            }
        }
        flush();
        return out;
    }

    comment() {
        const raw = [];
        while (!this.sees('-->')) {
            if (this.at >= this.all.length) throw new Error('a comment without an end');
            raw.push(this.all[this.at++]);
        }
        this.at += 3;
        return { kind: 'comment', raw: [...raw, '-->'] };
    }

    element() {
        this.at++;
        const name = this.word();
        const attributes = [];
        for (;;) {
            while (WHITE.test(String(this.all[this.at]))) this.at++;
            if (this.at >= this.all.length) throw new Error('a tag without an end');
            if (this.sees('/>')) {
                this.at += 2;
                return { kind: 'element', name, attributes, children: [], empty: true };
            }
            if (this.all[this.at] === '>') break;
            attributes.push(this.word());
        }
        this.at++;
        const children = this.children();
        if (!this.sees('</')) throw new Error('an element without an end');
        const close = [...this.word(), '>'];
        if (this.all[this.at++] !== '>') throw new Error('an end without an end');
        return { kind: 'element', name, attributes, children, close, empty: false };
    }

    /** A name, or an attribute with its value: up to white space, > or /> outside quotes. */
    word() {
        const raw = [];
        let quote = null;
        for (; this.at < this.all.length; this.at++) {
            const c = this.all[this.at];
            if (quote) {
                if (c === quote) quote = null;
            } else if (raw.length > 0 && raw.at(-1) === '=' && (c === '"' || c === "'")) {
                quote = c;
            } else if (typeof c === 'string') {
                if (WHITE.test(c) || c === '>') break;
                if (c === '/' && this.all[this.at + 1] === '>' && raw[0] !== '<') break;
            }
            raw.push(c);
        }
        return raw;
    }
}

/** @param {any} node */
function levels(node) {
    if (node.kind !== 'element') return 0;
    return 1 + Math.max(0, ...node.children.map(levels));
}

/** @param {any} node @param {'first'|'last'} edge */
function isTight(node, edge) {
    if (node.kind !== 'text') return true;
    return !WHITE.test(edge === 'first' ? node.text[0] : node.text.at(-1));
}

/** @param {any[]} values the docs of the values @param {any[]} raw */
function rawDoc(values, raw) {
    return raw.map((c) => (typeof c === 'number' ? values[c] : c));
}

/**
 * What stands between two tags, or between the quotes: each in its own line when it does not fit,
 * or as many to a line as fit when there is text among it.
 * @param {any[]} values @param {any[]} children @param {any} open @param {any} close
 */
function blockDoc(values, children, open, close) {
    if (children.length === 0) return [open, close];
    const parts = [];
    children.forEach((child, i) => {
        if (i > 0) {
            const free = isTight(children[i - 1], 'last') && isTight(child, 'first');
            parts.push(free ? softline : '');
        }
        parts.push(nodeDoc(values, child));
    });
    const mixed = children.some((c) => c.kind === 'text');
    const crowded = children.some((c) => levels(c) > 1) ? breakParent : '';
    const before = isTight(children[0], 'first') ? softline : '';
    const after = isTight(children.at(-1), 'last') ? softline : '';
    return group([open, align(2, [before, mixed ? fill(parts) : parts]), after, close, crowded]);
}

/** @param {any[]} values @param {any} node */
function nodeDoc(values, node) {
    if (node.kind === 'text') return prettier.doc.utils.replaceEndOfLine(node.text);
    if (node.kind === 'value') return values[node.value];
    if (node.kind === 'comment') return rawDoc(values, node.raw);
    const attributes = node.attributes.flatMap((/** @type {any} */ a, /** @type {number} */ i) => [
        ...(i > 0 ? [line] : []),
        rawDoc(values, a),
    ]);
    const open = group([
        '<',
        rawDoc(values, node.name),
        attributes.length > 0 ? align(4, [line, fill(attributes)]) : '',
        node.empty ? ' />' : '>',
    ]);
    if (node.empty) return open;
    return blockDoc(values, node.children, open, rawDoc(values, node.close));
}

/** @param {any} node */
function isHtml(node) {
    return node.type === 'TaggedTemplateExpression' && node.tag.name === 'html';
}

/** ${value}; `when && html...` keeps its condition on the line of the opening brace.
 * @param {any} path @param {any} print */
function valueDoc(path, print) {
    const { node } = path;
    if (node.type === 'LogicalExpression' && isHtml(node.right)) {
        const when = [path.call(print, 'left'), ` ${node.operator} `];
        return group(['${', group(when), path.call(print, 'right'), lineSuffixBoundary, '}']);
    }
    const roomy = ['ConditionalExpression', 'LogicalExpression', 'BinaryExpression'];
    return roomy.includes(node.type)
        ? group(['${', align(2, [softline, print()]), softline, lineSuffixBoundary, '}'])
        : group(['${', print(), lineSuffixBoundary, '}']);
}

/** @param {any} path @param {any} _options */
function embed(path, _options) {
    const { node, parent } = path;
    if (node.type !== 'TemplateLiteral' || !parent || !isHtml(parent)) return;
    const reader = new Reader(node.quasis.map((/** @type {any} */ q) => q.value.raw));
    let children;
    try {
        children = reader.children();
    } catch {
        return;
    }
    if (reader.at < reader.all.length) return;
    return async (/** @type {any} */ _textToDoc, /** @type {any} */ print) => {
        const values = path.map((/** @type {any} */ p) => valueDoc(p, print), 'expressions');
        return blockDoc(values, children, '`', '`');
    };
}

// The parser is named too: Prettier takes a printer from the plugin that has the parser.
export const parsers = { babel: require('prettier/plugins/babel').parsers.babel };
export const printers = { estree: { ...estree, embed } };
