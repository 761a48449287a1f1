// count.mjs -- node's own tests, with the closing line that ./check reads: "N passed, N failed".
import nodeTest from 'node:test';

let passed = 0,
    failed = 0;
process.on('exit', () => console.log(`${passed} passed, ${failed} failed`));

/** As node:test's: test(name, fn) or test(name, options, fn). */
export default function test(name, options, fn) {
    const f = fn || options;
    return nodeTest(name, fn ? options : {}, async (t) => {
        try {
            await f(t);
            passed++;
        } catch (e) {
            failed++;
            throw e;
        }
    });
}
