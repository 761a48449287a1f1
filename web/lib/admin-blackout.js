// admin-blackout.js -- No bookings for a time: first it says whom that would hit, then it cancels.
import { html, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { now } from './live.js';
import { dateOf, time } from './format.js';
import { Field, toast } from './ui.js';
import { useSave } from './admin-base.js';

/** The civil instant of a date and a time of day; the bank's zone is UTC+8. @param {string} day @param {string} hm */
const instant = (day, hm) => Date.parse(`${day}T${hm}:00+08:00`);

/** @param {{list: any[]}} p */
const Hit = ({ list }) =>
    html`
      <ul class="stack-s">
        ${list.map(
            (x) => html`
              <li key=${x.id} class="row row-between">
                <span><strong>${x.number}</strong> ${pick(x, 'service_name')}</span>
                <span class="muted num">
                  ${time(x.slot_ms)} · ${t('admin.blackout.tail', { tail: x.phone_tail })}
                </span>
              </li>
            `,
        )}
      </ul>
    `;

/** @param {{o: number}} p */
export function Blackout({ o }) {
    const [day, setDay] = useState(dateOf(now.value));
    const [from, setFrom] = useState('12:00');
    const [until, setUntil] = useState('14:00');
    const [reason, setReason] = useState('');
    const [hit, setHit] = useState(/** @type {any[]|null} */ (null));
    const { save, busy, error } = useSave();
    const body = (/** @type {boolean} */ confirm) => ({
        from_ms: instant(day, from),
        until_ms: instant(day, until),
        reason_zh: reason,
        confirm,
    });
    /** What is asked for changed: the list below is of another time. @param {(v: string) => void} set */
    const change = (set) => (/** @type {string} */ v) => {
        setHit(null);
        set(v);
    };
    const ask = async () => {
        const r = await save('POST', `/api/outlets/${o}/blackouts`, body(false));
        if (r) setHit(r.would_cancel);
    };
    const go = async () => {
        const r = await save('POST', `/api/outlets/${o}/blackouts`, body(true));
        if (!r) return;
        setHit(null);
        setReason('');
        toast(t('admin.blackout.done', { n: r.cancelled.length }), 'ok');
    };
    return html`
      <div class="stack">
        <p class="muted">${t('admin.blackout.hint')}</p>
        <section class="card stack">
          <div class="grid">
            <${Field}
                label=${t('admin.blackout.day')} type="date" value=${day} onInput=${change(setDay)}
                error=${error('from_ms')} />
            <${Field}
                label=${t('admin.blackout.from')} type="time" value=${from}
                onInput=${change(setFrom)} />
            <${Field}
                label=${t('admin.blackout.until')} type="time" value=${until}
                onInput=${change(setUntil)} error=${error('until_ms')} />
          </div>
          <${Field}
              label=${t('admin.blackout.reason')} value=${reason} maxlength=${39}
              onInput=${change(setReason)} error=${error('reason') || error('reason_zh')} />
          <div class="row">
            <button
                type="button" class="btn btn-primary" onClick=${ask}
                disabled=${busy || !day || !from || !until || !reason.trim()}>
              ${t('admin.blackout.ask')}
            </button>
          </div>
        </section>
        ${hit && html`
          <section class="card stack" aria-live="polite">
            <h2>
              ${t(hit.length ? 'admin.blackout.hit' : 'admin.blackout.none', { n: hit.length })}
            </h2>
            <${Hit} list=${hit} />
            <div class="row">
              <button type="button" class="btn btn-danger" disabled=${busy} onClick=${go}>
                ${t('admin.blackout.go')}
              </button>
            </div>
          </section>
        `}
      </div>
    `;
}
