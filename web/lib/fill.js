// fill.js -- Values into a text: {n} is replaced by the value n; {n#one|many} gives "one" when n is 1,
// otherwise "many", and both may hold values of their own: {n#one day|{n} days}.
const VALUE = /\{(\w+)(?:#((?:[^|{}]|\{\w+\})*)\|((?:[^{}]|\{\w+\})*))?\}/g;

/** @param {string} text @param {Record<string, any>} values @returns {string} */
export function fill(text, values) {
    return text.replace(VALUE, (_all, name, one, many) =>
        one === undefined
            ? String(values[name] ?? '')
            : fill(Number(values[name]) === 1 ? one : many, values),
    );
}
