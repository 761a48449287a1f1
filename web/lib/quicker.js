// quicker.js -- Where else a service is done sooner, the way there included: said only when that is at least
// 80 % sure, with a small picture of the way. Going there holds a place, so that the crowd is spread.
import { html, useEffect, useRef, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get, post, newKey, Problem } from './api.js';
import { Qr, toastProblem } from './ui.js';
import { count, time } from './format.js';

const far = (/** @type {number} */ m) =>
    m >= 1000 ? t('map.km', { n: count(m / 1000, 1) }) : t('map.m', { n: Math.round(m / 10) * 10 });
const whole = (/** @type {number} */ x) => Math.max(1, Math.round(x));

/** The way as a sketch, north up: from the square to the ring. @param {{here: any, there: any}} p */
function Way({ here, there }) {
    const dx = (there.lon - here.lon) * Math.cos((here.lat * Math.PI) / 180),
        dy = here.lat - there.lat,
        long = Math.hypot(dx, dy) || 1,
        /* as long as the box allows in this direction */
        k =
            Math.min(
                150 / Math.max(1e-9, Math.abs(dx / long)),
                64 / Math.max(1e-9, Math.abs(dy / long)),
                150,
            ) / long,
        x = (dx * k) / 2,
        y = (dy * k) / 2;
    return html`
      <svg
          class="qk-way" viewBox="-120 -66 240 132" role="img"
          aria-label=${t('quick.way', { name: pick(there), far: far(there.metres) })}>
        <path class="qk-line" d=${`M${-x} ${-y}L${x} ${y}`} />
        <rect class="qk-here" x=${-x - 11} y=${-y - 11} width="22" height="22" rx="4" />
        <text class="qk-name" x=${-x} y=${-y + 26} text-anchor="middle">${t('quick.here')}</text>
        <circle class="qk-there" cx=${x} cy=${y} r="22" />
        <text class="qk-min" x=${x} y=${y + 3} text-anchor="middle">${whole(there.total_min)}</text>
        <text class="qk-unit" x=${x} y=${y + 14} text-anchor="middle">${t('quick.min')}</text>
        <path class="qk-north" d="M108 -42L108 -60M103 -54L108 -61L113 -54" />
      </svg>
    `;
}

/**
 * The suggestion for somebody at an outlet, as the server decides it: against the wait of the number she has
 * (token), and then only where it is a simulated one; else against a newcomer's.
 * @param {string} code @param {number} service @param {string} [token]
 */
export function useQuicker(code, service, token) {
    const [d, setD] = useState(/** @type {any} */ (null));
    const shown = useRef(0);
    useEffect(() => {
        if (!code || !service) return undefined;
        let gone = false;
        const who = token
            ? 'token=' + encodeURIComponent(token)
            : 'from=' + encodeURIComponent(code);
        setD(null);
        const load = () =>
            get(`/api/nearby?service=${service}&${who}`).then(
                (a) => !gone && setD(a),
                () => !gone && setD(null) /* a suggestion is no more than that */,
            );
        load();
        const timer = setInterval(load, 60000);
        return () => {
            gone = true;
            clearInterval(timer);
        };
    }, [code, service, token]);
    if (!d || !d.here || (token && !d.here.simulated)) return null;
    /* one of several is drawn each minute: the one she reads stays as long as it is good */
    const good = d.items.filter((/** @type {any} */ i) => i.suggested),
        x =
            good.find((/** @type {any} */ i) => i.id === shown.current) ||
            good.find((/** @type {any} */ i) => i.id === d.suggested_id);
    shown.current = x ? x.id : 0;
    return x ? { here: d.here, there: x, sure: x.sooner } : null;
}

/**
 * At the kiosk: the place that is held, to take along on the phone or on paper.
 * @param {{k: any, place: any, onDone: () => void, onPrint: () => void}} p place: the outlet, as it was suggested
 */
export function Held({ k, place, onDone, onPrint }) {
    return html`
      <section class="k-card" data-held aria-live="assertive">
        <div class="k-half">
          <p class="muted">${t('quick.held.at', { name: pick(k.outlet) })}</p>
          <h1 class="k-number">${k.number}</h1>
          <p class="strong num">
            ${t('quick.held.until', {
                at: time(k.booking.slot_ms),
                until: time(k.booking.until_ms),
            })}
          </p>
          <p class="num">
            ${pick(place, 'address')}
            <br />
            ${t('quick.trip', { far: far(place.metres), trip: whole(place.trip_min) })}
          </p>
        </div>
        <div class="k-half">
          <div class="k-scan">
            <${Qr} svg=${k.qr_svg} label=${t('quick.take')} />
            <p>${t('quick.take')}</p>
          </div>
          <p class="strong">${t('quick.held.checkin')}</p>
        </div>
      </section>
      <div class="k-actions">
        <button type="button" class="btn" onClick=${onPrint}>${t('kiosk.print')}</button>
        <button type="button" class="btn btn-primary" onClick=${onDone}>${t('kiosk.done')}</button>
      </div>
    `;
}

/**
 * token: the number she has, given back for the place there; pass: the lobby's word, for one who has none yet.
 * @param {{code: string, service: number, scan?: boolean, token?: string, pass?: string,
 *   onHeld?: (k: any, place: any) => void}} p scan: a code beside the button, for a screen that is not the customer's
 */
export function Quicker({ code, service, scan = false, token, pass, onHeld }) {
    const key = useRef(newKey());
    const s = useQuicker(code, service, token);
    const [held, setHeld] = useState(/** @type {any} */ (null));
    const [busy, setBusy] = useState(false);
    const [qr, setQr] = useState('');
    const map = `/map.html?o=${encodeURIComponent(code)}&service=${service}`;
    const there = held || (s && s.there);
    const id = there ? there.id : 0;
    useEffect(() => {
        if (!scan || !id) return;
        get('/api/qr?path=' + encodeURIComponent(map)).then(
            (a) => setQr(a.qr_svg),
            () => {},
        );
    }, [id, service]);
    if (!there || (!s && !held)) return null;
    const go = async () => {
        setBusy(true);
        try {
            const a = await post(
                '/api/nearby/go',
                {
                    ...{ from_id: s ? s.here.id : 0, to_id: there.id, service_id: service },
                    ...(token ? { token } : pass ? { pass } : {}),
                },
                { key: key.current },
            );
            if (a.ticket && onHeld) onHeld(a.ticket, there);
            else setHeld(there);
        } catch (e) {
            const p = /** @type {Problem} */ (e);
            if (!p.network) key.current = newKey(); /* unknown: asked again with the same key */
            toastProblem(p);
        } finally {
            setBusy(false);
        }
    };
    return html`
      <section class="card qk" aria-labelledby="quicker">
        ${s && html`<${Way} here=${s.here} there=${there} />`}
        <div class="stack-s qk-words">
          <h2 id="quicker">${t('quick.title', { name: pick(there) })}</h2>
          <p class="num">
            ${t('quick.parts', {
                far: far(there.metres),
                trip: whole(there.trip_min),
                p50: Math.max(0, Math.round(there.p50_min)),
                p90: whole(Math.ceil(there.p90_min)),
                n: whole(there.total_min),
            })}
          </p>
          ${s && html`
            <p class="small muted num">
              ${t(token ? 'quick.sure.own' : 'quick.sure', {
                  p: Math.min(99, Math.round(s.sure * 100)) + '%',
                  n: whole(s.here.total_min),
              })}
            </p>
          `}
          ${!held && (token || onHeld) && html`
            <p class="small">${t(token ? 'quick.go.own' : 'quick.go.new')}</p>
          `}
          ${held && html`<p class="banner banner-ok" role="status">${t('quick.held')}</p>`}
          <p class="row-s">
            ${!held && html`
              <button
                  type="button" class=${'btn ' + (scan ? 'btn-big qk-go' : 'btn-primary')}
                  disabled=${busy} onClick=${go}>
                ${t('quick.go')}
              </button>
            `}
            ${!scan && html`<a class="btn" href=${map}>${t('quick.map')}</a>`}
          </p>
        </div>
        ${scan && qr && html`
          <div class="qk-scan">
            <${Qr} svg=${qr} label=${t('quick.scan')} />
            <p class="small">${t('quick.scan')}</p>
          </div>
        `}
      </section>
    `;
}

/** When it is quiet, for a screen that is not the customer's. @param {{code: string}} p */
export function FlowCode({ code }) {
    const [qr, setQr] = useState('');
    useEffect(() => {
        get('/api/qr?path=' + encodeURIComponent(`/flow.html?o=${encodeURIComponent(code)}`)).then(
            (a) => setQr(a.qr_svg),
            () => {},
        );
    }, [code]);
    if (!qr) return null;
    return html`
      <div class="k-option" data-flow>
        <${Qr} svg=${qr} label=${t('flow.open')} />
        <span><strong>${t('flow.open')}</strong><small>${t('quick.flow')}</small></span>
      </div>
    `;
}
