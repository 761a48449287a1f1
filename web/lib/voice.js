// voice.js -- The board's voice: a chime, then the words, one announcement after another and never two
// at once. The chime is made here (WebAudio), the words by the browser's speech. Browsers allow sound
// only after a touch, so start() must be called from one.
import { signal } from './vendor.js';
import { announceZh, announceEn } from './reading.js';

/** Settings of this screen, kept in the browser. */
export const voice = {
    on: signal(false),
    muted: signal(false),
    volume: signal(0.8),
    english: signal(false),
    chinese: signal(true) /* false: the device has no Chinese voice */,
    /** The call being announced, for the flash. @type {{value: any}} */
    speaking: signal(/** @type {any} */ (null)),
};
try {
    const kept = JSON.parse(localStorage.getItem('piaohao.voice') || '{}');
    voice.muted.value = !!kept.muted;
    voice.volume.value = typeof kept.volume === 'number' ? kept.volume : 0.8;
    voice.english.value = !!kept.english;
} catch {
    /* the defaults do */
}
export function keepVoice() {
    try {
        localStorage.setItem(
            'piaohao.voice',
            JSON.stringify({
                muted: voice.muted.value,
                volume: voice.volume.value,
                english: voice.english.value,
            }),
        );
    } catch {
        /* forgotten at the next start */
    }
}

/** @type {AudioContext|null} */
let audio = null;
/** @type {any[]} */
const queue = [];
let busy = false;

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** From a touch: lets the page make sounds. @param {boolean} silent */
export function start(silent) {
    voice.on.value = true;
    if (silent) voice.muted.value = true;
    try {
        audio = audio || new AudioContext();
        audio.resume();
        speechSynthesis.speak(new SpeechSynthesisUtterance(''));
    } catch {
        /* no sound on this device: the flash remains */
    }
}

/** Two bell strokes, falling third, like at a counter. @returns {Promise<void>} */
export async function chime() {
    if (!audio || voice.muted.value) return;
    const at = audio.currentTime;
    [
        [0, 783.99],
        [0.35, 659.25],
    ].forEach(([wait, hz]) => {
        const a = /** @type {AudioContext} */ (audio);
        const gain = a.createGain();
        gain.gain.setValueAtTime(0.0001, at + wait);
        gain.gain.exponentialRampToValueAtTime(
            Math.max(0.0002, 0.5 * voice.volume.value),
            at + wait + 0.02,
        );
        gain.gain.exponentialRampToValueAtTime(0.0001, at + wait + 0.9);
        gain.connect(a.destination);
        [1, 2.01].forEach((k, i) => {
            const o = a.createOscillator();
            const g = a.createGain();
            g.gain.value = i ? 0.25 : 1;
            o.frequency.value = hz * k;
            o.connect(g).connect(gain);
            o.start(at + wait);
            o.stop(at + wait + 1);
        });
    });
    await pause(1100);
}

/** @param {string} want */
function findVoice(want) {
    const all = speechSynthesis.getVoices();
    return (
        all.find((v) => v.lang.replace('_', '-') === want) ||
        all.find((v) => v.lang.slice(0, 2) === want.slice(0, 2)) ||
        null
    );
}

/** Says one sentence; gives up after 12 s, since some engines never report the end. @param {string} text @param {string} want */
function say(text, want) {
    return new Promise((done) => {
        if (voice.muted.value || !('speechSynthesis' in window)) return done(undefined);
        const v = findVoice(want);
        if (want === 'zh-CN') voice.chinese.value = !!v;
        if (!v) return done(undefined);
        const u = new SpeechSynthesisUtterance(text);
        u.voice = v;
        u.lang = want;
        u.volume = voice.volume.value;
        u.rate = 0.9;
        const timer = setTimeout(() => {
            speechSynthesis.cancel();
            done(undefined);
        }, 12000);
        u.onend = u.onerror = () => {
            clearTimeout(timer);
            done(undefined);
        };
        speechSynthesis.speak(u);
        return undefined;
    });
}

/** Puts a call in the queue of announcements.
 * @param {{number: string, window: number, window_name_zh?: string, window_name_en?: string}} call */
export function announce(call) {
    /* a recall of a number still waiting to be said adds nothing */
    if (queue.some((q) => q.number === call.number && q.window === call.window)) return;
    queue.push(call);
    if (!busy) run();
}

async function run() {
    busy = true;
    while (queue.length > 0) {
        /* a demo clock at 60x calls faster than anybody can speak: keep the newest eight */
        if (queue.length > 8) queue.splice(0, queue.length - 8);
        const call = queue.shift();
        voice.speaking.value = call;
        const shown = pause(3500);
        if (voice.on.value) {
            await chime();
            await say(announceZh(call), 'zh-CN');
            if (voice.english.value) await say(announceEn(call), 'en-US');
        }
        await (queue.length > 4 ? pause(800) : shown);
        voice.speaking.value = null;
        await pause(150);
    }
    busy = false;
}
