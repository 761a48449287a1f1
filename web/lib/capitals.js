// capitals.js -- An amount in capitals, 壹佰贰拾捌元整, while it is typed; the same rules and the same cases as
// money_capitals of src/base/money.c, which writes them on paper. Pure: tests read it without a browser.

const DIGITS = '零壹贰叁肆伍陆柒捌玖';

/** 1 to 9999: zeros between two digits are one 零, zeros at the end are silent. @param {number} n */
function four(n) {
    let out = '',
        zero = false;
    for (const [unit, name] of /** @type {[number, string][]} */ ([
        [1000, '仟'],
        [100, '佰'],
        [10, '拾'],
        [1, ''],
    ])) {
        const digit = Math.floor(n / unit) % 10;
        if (digit === 0) {
            zero = !!out;
            continue;
        }
        out += (zero ? '零' : '') + DIGITS[digit] + name;
        zero = false;
    }
    return out;
}
/** Above zero. 亿 over 万 over four digits. @param {bigint} n @returns {string} */
function words(n) {
    for (const [size, name] of /** @type {[bigint, string][]} */ ([
        [100000000n, '亿'],
        [10000n, '万'],
    ])) {
        if (n < size) continue;
        const rest = n % size;
        return (
            words(n / size) +
            name +
            (rest && rest < size / 10n ? '零' : '') +
            (rest ? words(rest) : '')
        );
    }
    return four(Number(n));
}
/** By the rules of 支付结算办法 for vouchers. @param {bigint} fen */
export function capitals(fen) {
    const n = fen < 0n ? -fen : fen;
    const yuan = n / 100n;
    const jiao = Number((n / 10n) % 10n),
        cents = Number(n % 10n);
    let out = fen < 0n ? '负' : '';
    if (yuan) out += words(yuan);
    else if (!n) out += '零';
    if (yuan || !n) out += '元';
    if (!jiao && !cents) return out + '整';
    if (yuan && (!jiao || yuan % 10n === 0n)) out += '零';
    if (jiao) out += DIGITS[jiao] + '角';
    return cents ? out + DIGITS[cents] + '分' : out;
}
