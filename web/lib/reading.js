// reading.js -- How a number is read aloud. Pure: no page, no voice.
//
// A ticket's number is read character by character, 0 as 零: A013 is "A 零 一 三" (domain note: Chinese
// reading rules). A window's number is a count and read as one: 12 is 十二. 二 stays 二 ("二号窗口").
const DIGIT = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const DIGIT_EN = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Character by character, with spaces, so that no voice joins them. @param {string} number */
export function digitsZh(number) {
    return [...number]
        .map((c) => (c >= '0' && c <= '9' ? DIGIT[Number(c)] : c.toUpperCase()))
        .join(' ');
}
/** @param {string} number */
export function digitsEn(number) {
    return [...number]
        .map((c) => (c >= '0' && c <= '9' ? DIGIT_EN[Number(c)] : c.toUpperCase()))
        .join(' ');
}

/** A whole number from 0 to 9999 as counted in Chinese. @param {number} n */
export function countZh(n) {
    if (!Number.isInteger(n) || n < 0 || n > 9999) return digitsZh(String(n));
    if (n < 10) return DIGIT[n];
    const units = ['', '十', '百', '千'];
    const s = String(n);
    let out = '',
        zero = false;
    for (let i = 0; i < s.length; i++) {
        const d = Number(s[i]);
        const place = s.length - 1 - i;
        if (d === 0) {
            zero = true;
        } else {
            if (zero) out += '零';
            zero = false;
            out += DIGIT[d] + units[place];
        }
    }
    return n < 20 ? out.slice(1) : out; /* 十二, not 一十二 */
}

/**
 * What is said. @param {{number: string, window: number, window_name_zh?: string}} call
 */
export function announceZh(call) {
    return `请 ${digitsZh(call.number)} 号，到 ${countZh(call.window)}号窗口。`;
}
/** @param {{number: string, window: number}} call */
export function announceEn(call) {
    return `Number ${digitsEn(call.number)}, please go to window ${call.window}.`;
}
