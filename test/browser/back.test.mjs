// After signing in nobody is sent to another place. No browser: the module is pure.
import test from './count.mjs';
import assert from 'node:assert/strict';
import { ownPage } from '../../web/lib/back.js';

test('a link back leads to a page of this server or nowhere', () => {
    const here = 'https://bank.example';
    const rows = [
        ['/floor.html?o=JZ01#x', '/floor.html?o=JZ01#x'],
        ['/', '/'],
        ['', ''],
        ['floor.html', ''],
        ['//evil.example/', ''],
        ['/\\evil.example/', ''],
        ['\\\\evil.example/', ''],
        ['/\t/evil.example/', ''],
        ['/\n/evil.example/', ''],
        ['https://evil.example/', ''],
        ['javascript:alert(1)', ''],
        ['//bank.example/floor.html', '/floor.html'],
        ['//', ''],
    ];
    for (const [text, want] of rows) assert.equal(ownPage(text, here), want, JSON.stringify(text));
});
