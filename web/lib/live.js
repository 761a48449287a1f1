// live.js -- A page that stays true: snapshot, then events, then snapshots again.
//
// live() loads a snapshot, opens the event stream after the snapshot's seq and loads the snapshot
// again, shortly after any event. If the stream is lost the browser resumes it (Last-Event-ID); while
// it is lost the page polls. One stream per browser and outlet: tabs share it, because a browser
// opens six connections to a host and no more. The tab that holds the lock reads the stream and
// tells the others.
import { signal, effect } from './vendor.js';
import { get, info, Problem } from './api.js';

/* ---- the bank's clock: the demo bank's runs at 1x, 20x or 60x ---- */

/** @type {{value: {speed: number, paused: boolean, controllable?: boolean}}} */
export const clock = signal({ speed: 1, paused: false, controllable: false });
let base = { local: Date.now(), at: Date.now() };

/** @param {number} now_ms the server's now @param {{speed: number, paused: boolean, controllable?: boolean}} [c] */
export function setClock(now_ms, c) {
    base = { local: Date.now(), at: now_ms };
    if (
        c &&
        (c.speed !== clock.value.speed ||
            c.paused !== clock.value.paused ||
            (c.controllable !== undefined && c.controllable !== clock.value.controllable))
    )
        clock.value = { ...clock.value, ...c };
    tick();
}

/** The bank's time now, in ms. */
export function serverNow() {
    const c = clock.value;
    return base.at + (c.paused ? 0 : (Date.now() - base.local) * c.speed);
}

/** Ticks once a second (four times when the demo clock runs fast). Read it to show running waits. */
export const now = signal(serverNow());
function tick() {
    now.value = serverNow();
}
/** @type {any} */
let ticker = 0;
effect(() => {
    clearInterval(ticker);
    ticker = setInterval(tick, clock.value.speed > 1 ? 250 : 1000);
});

/** GET /api/info; sets the bank's clock. */
export async function loadInfo() {
    const i = await get('/api/info');
    info.value = i;
    setClock(i.now_ms, i.clock);
    return i;
}

/* ---- the stream, shared between tabs ---- */

/**
 * @param {string} path @param {number} after
 * @param {(e: {topic: string, data: any}) => void} onEvent
 * @param {(open: boolean) => void} onState
 */
function openStream(path, after, onEvent, onState) {
    let seq = after;
    let closed = false;
    /** @type {EventSource|null} */
    let source = null;
    /** @type {any} */
    let retry = 0;
    const release = { now: () => {} };
    const channel = 'BroadcastChannel' in window ? new BroadcastChannel('piaohao:' + path) : null;
    let leader = false;
    let wait_ms = 1000;

    /** @param {MessageEvent} m */
    const heard = (m) => {
        let data = {};
        try {
            data = m.data ? JSON.parse(m.data) : {};
        } catch {
            return;
        }
        const n = Number(m.lastEventId);
        if (n > seq) seq = n;
        if (m.type === 'hello' && !seq && data.seq) seq = data.seq;
        const e = { topic: m.type, data, seq };
        if (channel) channel.postMessage({ event: e });
        onEvent(e);
    };
    const tell = (/** @type {boolean} */ open) => {
        if (channel) channel.postMessage({ open });
        onState(open);
    };
    const connect = () => {
        if (closed) return;
        source = new EventSource(seq ? `${path}?after=${seq}` : path);
        source.onopen = () => {
            wait_ms = 1000;
            tell(true);
        };
        source.onerror = () => {
            tell(false);
            /* CLOSED: the server refused; the browser will not try again by itself */
            if (source && source.readyState === EventSource.CLOSED) {
                clearTimeout(retry);
                retry = setTimeout(connect, wait_ms);
                wait_ms = Math.min(wait_ms * 2, 15000);
            }
        };
        source.onmessage = heard;
        for (const topic of TOPICS) source.addEventListener(topic, /** @type {any} */ (heard));
    };
    if (channel)
        channel.onmessage = (m) => {
            if (m.data.ask) {
                if (leader && source)
                    channel.postMessage({ open: source.readyState === EventSource.OPEN });
                return;
            }
            if (leader) return;
            if (m.data.event) {
                seq = Math.max(seq, m.data.event.seq || 0);
                onEvent(m.data.event);
            } else if (typeof m.data.open === 'boolean') {
                onState(m.data.open);
            }
        };
    if (channel && navigator.locks) {
        channel.postMessage({ ask: true });
        navigator.locks
            .request('piaohao:' + path, () => {
                if (closed) return undefined;
                leader = true;
                connect();
                return new Promise((done) => {
                    release.now = () => done(undefined);
                });
            })
            .catch(() => {
                leader = true;
                connect();
            });
    } else {
        leader = true;
        connect();
    }
    return {
        /** Open again now: after sleep the browser may hold a dead connection. */
        again() {
            if (!leader || !source || closed) return;
            source.close();
            clearTimeout(retry);
            connect();
        },
        close() {
            closed = true;
            clearTimeout(retry);
            if (source) source.close();
            if (channel) channel.close();
            release.now();
        },
    };
}

/* EventSource has no "all events": every topic is named. */
const TOPICS = [
    'hello',
    'reset',
    'clock',
    'queue',
    'approval.asked',
    'approval.approved',
    'approval.rejected',
    'approval.withdrawn',
    'approval.expired',
    'cash.box_changed',
    'cash.counted',
    'cash.handed',
    'cash.moved',
    'cash.sent',
    'cash.coming',
    'cash.arrived',
    'advice.given',
    'advice.over',
    'advice.followed',
    'advice.declined',
    'ticket.taken',
    'ticket.entered',
    'ticket.booked',
    'ticket.checked_in',
    'ticket.rescheduled',
    'ticket.cancelled',
    'ticket.missed',
    'ticket.blackout',
    'ticket.called',
    'ticket.recalled',
    'ticket.serving',
    'ticket.done',
    'ticket.no_show',
    'ticket.left',
    'ticket.void',
    'ticket.parked',
    'ticket.returned',
    'ticket.transferred',
    'ticket.next_service',
    'ticket.moved',
    'ticket.undone',
    'ticket.corrected',
    'ticket.class_changed',
    'ticket.courtesy_changed',
    'ticket.notify',
    'ticket.near',
    'ticket.carried_over',
    'booking.blackout',
    'window.opened',
    'window.closed',
    'window.paused',
    'window.resumed',
    'window.changed',
    'day.opened',
    'day.issuing_stopped',
    'day.issuing_resumed',
    'day.closed',
    'outlet.changed',
    'hours.changed',
    'service.changed',
    'class.changed',
    'settings.changed',
    'settings.window_rule',
    'alarm',
];

/** How the page is connected: "loading", "live", "polling" (stream lost, still asking), "lost". */
export const connection = signal('loading');

/**
 * @template T
 * @typedef {{data: {value: T|null}, error: {value: Problem|null}, refresh: () => Promise<void>, close: () => void}} Live
 */

/**
 * Keep a snapshot live.
 * @template [T=any]
 * @param {{url: string, stream?: string, debounce_ms?: number, poll_ms?: number,
 *   onEvent?: (topic: string, data: any) => void, wants?: (topic: string, data: any) => boolean}} o
 *   url: the snapshot; stream: the event stream; onEvent: every event as it comes (the board speaks
 *   from it); wants: which events need a new snapshot (all, if absent)
 * @returns {Live<T>}
 */
export function live(o) {
    const data = signal(/** @type {any} */ (null));
    const error = signal(/** @type {Problem|null} */ (null));
    /** @type {ReturnType<typeof openStream>|null} */
    let stream = null;
    let closed = false;
    let open = false;
    let asking = false;
    let again = false;
    /** @type {any} */
    let soon = 0;
    /** @type {any} */
    let poll = 0;

    const state = () => {
        if (closed) return;
        connection.value =
            error.value && error.value.network
                ? 'lost'
                : !data.value
                  ? 'loading'
                  : open || !o.stream
                    ? 'live'
                    : 'polling';
    };
    const plan = () => {
        clearTimeout(poll);
        if (!closed) poll = setTimeout(refresh, open || !o.stream ? o.poll_ms || 60000 : 3000);
    };
    async function refresh() {
        if (closed) return;
        if (asking) {
            again = true;
            return;
        }
        asking = true;
        clearTimeout(soon);
        soon = 0;
        try {
            const d = await get(o.url);
            if (closed) return;
            if (d.now_ms) setClock(d.now_ms, d.clock);
            data.value = d;
            error.value = null;
            if (o.stream && !stream)
                stream = openStream(o.stream, d.seq || 0, heard, (yes) => {
                    const was = open;
                    open = yes;
                    state();
                    if (yes !== was) plan(); /* each try in vain must not put the poll off again */
                    if (yes && !was) later();
                });
        } catch (e) {
            if (!closed) error.value = /** @type {Problem} */ (e);
        } finally {
            asking = false;
            state();
            plan();
            if (again) {
                again = false;
                later();
            }
        }
    }
    function later() {
        if (!soon && !closed) soon = setTimeout(refresh, o.debounce_ms || 200);
    }
    /** @param {{topic: string, data: any}} e */
    function heard(e) {
        if (closed) return;
        if (e.topic === 'hello' || e.topic === 'clock') {
            if (e.data.now_ms) setClock(e.data.now_ms, e.topic === 'hello' ? e.data.clock : e.data);
            return;
        }
        if (e.topic === 'reset') {
            refresh();
            return;
        }
        if (o.onEvent) o.onEvent(e.topic, e.data);
        if (!o.wants || o.wants(e.topic, e.data)) later();
    }
    let slept = 0;
    const seen = () => {
        if (document.visibilityState === 'hidden') {
            slept = Date.now();
        } else {
            refresh();
            if (stream && slept && Date.now() - slept > 20000) stream.again();
        }
    };
    const online = () => {
        refresh();
        if (stream) stream.again();
    };
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('online', online);
    refresh();
    return {
        data,
        error,
        refresh,
        close() {
            closed = true;
            clearTimeout(soon);
            clearTimeout(poll);
            document.removeEventListener('visibilitychange', seen);
            window.removeEventListener('online', online);
            if (stream) stream.close();
        },
    };
}
