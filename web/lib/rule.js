// rule.js -- The calling rule's one line of text, taken apart for the form and put together again.
//
// The grammar is that of src/lobby/rule.h. The server's parser decides; this one only fills the form,
// and says at once what it does not understand.

/** @typedef {{watch: string, by: "count"|"wait", more: string, call: string}} When */
/**
 * @typedef {{base: string, head: Record<string, string>, rate: Record<string, string>, turns: Record<string, string>,
 *   finally: string, courtesy: string, courtesy_head: string, whens: When[], prefer: boolean}} Rule
 */
export const BASES = ['fcfs', 'strict', 'head', 'accumulate', 'ratio', 'promise'];

/** @returns {Rule} */
export const emptyRule = () => ({
    base: 'fcfs',
    head: {},
    rate: {},
    turns: {},
    finally: '',
    courtesy: 'first',
    courtesy_head: '10m',
    whens: [],
    prefer: false,
});

const DURATION = /^\d+(s|m|h)$/;

/**
 * @param {string} text @param {string[]} classes codes of the classes
 * @returns {{rule: Rule|null, word: string, problem: string}} problem: a text key's end, '' if understood
 */
export function parseRule(text, classes) {
    const rule = emptyRule();
    const bad = (/** @type {string} */ problem, word = '') => ({ rule: null, problem, word });
    const parts = text.split(';').map((p) => p.trim());
    const base = /^(\w+)(?:\s*:\s*(.*))?$/.exec(parts[0] || '');
    if (!base || !BASES.includes(base[1])) return bad('base', parts[0].split(/[:\s]/)[0]);
    rule.base = base[1];
    const into =
        base[1] === 'head'
            ? rule.head
            : base[1] === 'accumulate'
              ? rule.rate
              : base[1] === 'ratio'
                ? rule.turns
                : null;
    if (into && !base[2]) return bad('values', base[1]);
    if (!into && base[2]) return bad('novalues', base[1]);
    for (const pair of into && base[2] ? base[2].split(',') : []) {
        const [code, value = ''] = pair.split('=').map((x) => x.trim());
        if (!classes.includes(code)) return bad('class', code);
        if (base[1] === 'head' ? !DURATION.test(value) : !/^\d+(\.\d+)?$/.test(value))
            return bad(base[1] === 'head' ? 'duration' : 'number', value || pair.trim());
        /** @type {Record<string, string>} */ (into)[code] = value;
    }
    for (const part of parts.slice(1).filter(Boolean)) {
        const words = part.split(/\s+/);
        if (words[0] === 'finally' && words.length === 2) {
            if (!DURATION.test(words[1])) return bad('duration', words[1]);
            rule.finally = words[1];
        } else if (words[0] === 'courtesy' && ['first', 'off', 'head'].includes(words[1])) {
            rule.courtesy = words[1];
            if (words[1] === 'head') {
                if (!DURATION.test(words[2] || '')) return bad('duration', words[2] || '');
                rule.courtesy_head = words[2];
            }
        } else if (words[0] === 'prefer' && words[1] === 'service' && words.length === 2) {
            rule.prefer = true;
        } else if (words[0] === 'when') {
            const m = /^when (\S+) (count|wait)\s*>\s*(\S+) call (\S+)$/.exec(words.join(' '));
            if (!m) return bad('when', part);
            for (const q of [m[1], m[4]]) {
                const known =
                    q === 'any' ||
                    /^service:[A-Z]$/.test(q) ||
                    (q.startsWith('class:') && classes.includes(q.slice(6)));
                if (!known) return bad('queue', q);
            }
            if (m[2] === 'wait' ? !DURATION.test(m[3]) : !/^\d+$/.test(m[3]))
                return bad(m[2] === 'wait' ? 'duration' : 'number', m[3]);
            rule.whens.push({ watch: m[1], by: /** @type {any} */ (m[2]), more: m[3], call: m[4] });
        } else return bad('clause', words[0]);
    }
    return { rule, problem: '', word: '' };
}

/** @param {Rule} r */
export function printRule(r) {
    const pairs = (/** @type {Record<string, string>} */ v) =>
        Object.entries(v)
            .filter(([, x]) => x !== '')
            .map(([k, x]) => k + '=' + x)
            .join(',');
    const values =
        r.base === 'head'
            ? pairs(r.head)
            : r.base === 'accumulate'
              ? pairs(r.rate)
              : r.base === 'ratio'
                ? pairs(r.turns)
                : '';
    const out = [r.base + (values ? ':' + values : '')];
    if (r.finally) out.push('finally ' + r.finally);
    out.push('courtesy ' + r.courtesy + (r.courtesy === 'head' ? ' ' + r.courtesy_head : ''));
    for (const w of r.whens) out.push(`when ${w.watch} ${w.by}>${w.more} call ${w.call}`);
    if (r.prefer) out.push('prefer service');
    return out.join('; ');
}

/** Minutes of a duration word; '' if none. @param {string} d */
export const minutesOf = (d) => {
    const m = /^(\d+)(s|m|h)$/.exec(d || '');
    return m ? String(Number(m[1]) * (m[2] === 'h' ? 60 : m[2] === 's' ? 1 / 60 : 1)) : '';
};
/** @param {string} minutes */
export const durationOf = (minutes) => {
    const n = Number(minutes);
    return minutes === '' || !(n > 0)
        ? ''
        : Number.isInteger(n)
          ? n + 'm'
          : Math.round(n * 60) + 's';
};
