// The rules by which numbers are read aloud. No browser: the module is pure.
import test from './count.mjs';
import assert from 'node:assert/strict';
import { digitsZh, digitsEn, countZh, announceZh, announceEn } from '../../web/lib/reading.js';

test("a ticket's number is read character by character, with 零 for 0", () => {
    assert.equal(digitsZh('A013'), 'A 零 一 三');
    assert.equal(digitsZh('b207'), 'B 二 零 七');
    assert.equal(digitsZh('C1000'), 'C 一 零 零 零');
    assert.equal(digitsEn('A013'), 'A zero one three');
});

test("a window's number is counted", () => {
    const rows = [
        [0, '零'],
        [1, '一'],
        [2, '二'],
        [9, '九'],
        [10, '十'],
        [11, '十一'],
        [12, '十二'],
        [19, '十九'],
        [20, '二十'],
        [21, '二十一'],
        [30, '三十'],
        [99, '九十九'],
        [100, '一百'],
        [101, '一百零一'],
        [110, '一百一十'],
        [111, '一百一十一'],
        [205, '二百零五'],
        [1000, '一千'],
        [1001, '一千零一'],
        [1010, '一千零一十'],
        [2014, '二千零一十四'],
    ];
    for (const [n, want] of rows) assert.equal(countZh(n), want, String(n));
});

test('a number that cannot be counted is read digit by digit instead', () => {
    assert.equal(countZh(12345), '一 二 三 四 五');
});

test('the announcement names the number, then the window', () => {
    assert.equal(announceZh({ number: 'A013', window: 3 }), '请 A 零 一 三 号，到 三号窗口。');
    assert.equal(announceZh({ number: 'B120', window: 12 }), '请 B 一 二 零 号，到 十二号窗口。');
    assert.equal(
        announceEn({ number: 'A013', window: 3 }),
        'Number A zero one three, please go to window 3.',
    );
});
