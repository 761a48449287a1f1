// office-more.js -- A ticket's life line, the audit of calls, the whole city now, who signed in.
import { html, useEffect, useRef, useState } from './vendor.js';
import L from '/lib/vendor/leaflet.js';
import { t, pick, has, lang } from './texts.js';
import { Field, NoOutlets, StateBadge } from './ui.js';
import { count, dateTime, duration, percent, stopwatch, timeS } from './format.js';
import { ClassBadge, CourtesyBadge, Wait, risk, word } from './staff.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { days, go, link, pollOf, route, useLoad } from './office-base.js';

/* ---- the life line of a ticket ---- */

export function Life() {
    const l = useLoad(`/api/tickets/id/${route.value.id}/life`, 15000);
    const wait = state(l);
    if (wait) return wait;
    const x = l.data.ticket;
    return html`
      <div class="stack life">
        <div class="row">
          <button
              type="button" class="btn btn-small"
              onClick=${() => (history.length > 1 ? history.back() : go({ view: 'day', id: '' }))}>
            ← ${t('dialog.back')}
          </button>
        </div>
        <section class="card life-head">
          <div>
            <p class="desk-big num">${x.number}</p>
            <p class="row-s">
              <strong>${pick(x.service)}</strong>
              <${ClassBadge} of=${x.class} always=${true} />
              ${x.courtesy && html`<${CourtesyBadge} />`}
              <${StateBadge} state=${x.state} />
              ${x.inaccurate && html`
                <span class="badge badge-warn">${t('office.inaccurate')}</span>
              `}
            </p>
          </div>
          <dl class="facts">
            <div>
              <dt>${t('win.taken')}</dt>
              <dd class="num">
                ${dateTime(x.taken_ms)} <span class="small muted">${word('source', x.source)}</span>
              </dd>
            </div>
            <div>
              <dt>${t('win.wait')}</dt>
              <dd>
                <${Wait}
                    s=${x.waited_s || 0}
                    state=${risk(x.waited_s, x.class.target_s) === 'over' ? 'over' : 'fine'} />
              </dd>
            </div>
            <div>
              <dt>${t('win.handling')}</dt>
              <dd class="num">
                ${x.serving_ms && x.ended_ms ? stopwatch((x.ended_ms - x.serving_ms) / 1000) : '—'}
              </dd>
            </div>
            ${x.forecast_at_take && html`
              <div>
                <dt>${t('office.life.forecast')}</dt>
                <dd class="num">
                  ${Math.floor(x.forecast_at_take.low_s / 60)}–
                  ${Math.ceil(x.forecast_at_take.high_s / 60)} ${t('fig.minutes')}
                </dd>
              </div>
            `}
          </dl>
          ${l.data.why && html`
            <p class="desk-why">
              <span class="strong">${t('win.why')}</span> ${pick(l.data.why, 'text')}
            </p>
          `}
        </section>
        ${l.data.legs.length > 0 && html`
          <section class="stack" aria-labelledby="legs-title">
            <h2 id="legs-title">${t('office.legs')}</h2>
            <${Scroll} label=${t('office.legs')}>
              <table class="table table-tight">
                <thead>
                  <tr>
                    <th>${t('floor.t.service')}</th>
                    <th>${t('office.leg.queued')}</th>
                    <th>${t('floor.rolls.called')}</th>
                    <th>${t('office.leg.served')}</th>
                    <th>${t('floor.rolls.ended')}</th>
                    <th>${t('office.where')}</th>
                    <th>${t('office.leg.outcome')}</th>
                  </tr>
                </thead>
                <tbody>
                  ${l.data.legs.map(
                      (/** @type {any} */ g, /** @type {number} */ i) =>
                          html`
                            <tr key=${i}>
                              <th scope="row">${pick(g, 'service_name')}</th>
                              <td class="num">${timeS(g.queued_ms)}</td>
                              <td class="num">${timeS(g.called_ms) || '—'}</td>
                              <td class="num">${timeS(g.serving_ms) || '—'}</td>
                              <td class="num">${timeS(g.ended_ms) || '—'}</td>
                              <td>
                                ${g.window_number ? t('floor.t.at', { n: g.window_number }) : ''} ${
                                  g.staff_name || ''
                                }
                              </td>
                              <td><${StateBadge} state=${g.outcome || x.state} /></td>
                            </tr>
                          `,
                  )}
                </tbody>
              </table>
            <//>
          </section>
        `}
        <section class="stack" aria-labelledby="line-title">
          <h2 id="line-title">${t('office.life')}</h2>
          <ol class="timeline">
            ${l.data.events.map((/** @type {any} */ e, /** @type {number} */ i) => {
                const before = i ? l.data.events[i - 1].at_ms : null;
                return html`
                  <li key=${e.seq} class=${'tl tl-' + e.topic.replace(/\W/g, '-')}>
                    <time class="num">
                      ${timeS(e.at_ms)}
                      ${
                        before
                            ? html`
                                <span class="small muted">
                                  +${stopwatch((e.at_ms - before) / 1000)}
                                </span>
                              `
                            : null
                      }
                    </time>
                    <div>
                      <strong>${word('topic', e.topic)}</strong>
                      ${details(e.body).map((d) => html`<span class="small tl-detail">${d}</span>`)}
                      <div class="small muted">${e.actor_name || word('actor', e.actor_kind)}</div>
                    </div>
                  </li>
                `;
            })}
          </ol>
        </section>
      </div>
    `;
}
/** What an event's body tells people. @param {any} b @returns {string[]} */
function details(b) {
    if (!b) return [];
    const out = [];
    for (const [k, v] of Object.entries(b))
        if (
            v !== null &&
            v !== '' &&
            v !== false &&
            typeof v !== 'object' &&
            has('body.' + k) &&
            (k !== 'class' || Number.isNaN(Number(v)))
        )
            out.push(
                t('body.' + k, {
                    v:
                        has('win.pause.' + v) && k === 'reason'
                            ? t('win.pause.' + v)
                            : has('win.parks.' + v) && k === 'reason'
                              ? t('win.parks.' + v)
                              : v === true
                                ? '✓'
                                : v,
                }),
            );
    return out;
}

/* ---- the audit: did calls follow the rule? ---- */

export function Audit() {
    const r = route.value;
    const date = r.date || days(r).until;
    const l = useLoad(
        `/api/audit?date=${date}` + (r.outlet ? '&outlet=' + r.outlet : ''),
        pollOf(r),
    );
    const d = l.data;
    return html`
      <div class="stack">
        <${Field}
            label=${t('office.date')} type="date" value=${date}
            onInput=${(/** @type {string} */ v) => v && go({ view: 'audit', date: v })}
            class="field-date" />
        ${state(l) || html`
          <section class="card audit-head">
            <div class="stat">
              <span class="label">${t('office.audit.followed')}</span>
              <span class="value">${d.decisions ? percent(d.explained / d.decisions) : '—'}</span>
              <span class="small muted">
                ${t('office.audit.of', { n: count(d.explained), of: count(d.decisions) })}
              </span>
            </div>
            <div class="grow">
              <p class="small muted">${t('office.audit.rule')}</p>
              <p><code class="rule">${d.rule || '—'}</code></p>
              <p class="small muted">${t('office.audit.hint')}</p>
            </div>
          </section>
          ${
            d.broke.length === 0
                ? html`
                    <p class="empty">
                      ${d.decisions ? t('office.audit.none') : t('office.nodata')}
                    </p>
                  `
                : html`
                    <${Scroll} label=${t('office.audit.broke')}>
                      <table class="table">
                        <thead>
                          <tr>
                            <th>${t('office.at')}</th>
                            <th>${t('office.audit.called')}</th>
                            <th>${t('office.audit.should')}</th>
                            <th>${t('office.where')}</th>
                            <th>${t('staff.reason')}</th>
                          </tr>
                        </thead>
                        <tbody>
                          ${d.broke.map(
                              (/** @type {any} */ b) =>
                                  html`
                                    <tr key=${b.ticket_id + '-' + b.at_ms}>
                                      <td class="num">${timeS(b.at_ms)}</td>
                                      <th scope="row" class="num">
                                        <a href=${link({ view: 'ticket', id: b.ticket_id })}>
                                          ${b.number}
                                        </a>
                                      </th>
                                      <td class="num">${b.should_have}</td>
                                      <td>
                                        ${t('floor.t.at', { n: b.window_number })} ${
                                          b.staff_name || ''
                                        }
                                      </td>
                                      <td>
                                        ${b.reason || html`
                                          <span class="badge badge-warn">
                                            ${t('office.audit.noreason')}
                                          </span>
                                        `}
                                      </td>
                                    </tr>
                                  `,
                          )}
                        </tbody>
                      </table>
                    <//>
                  `
          }
        `}
      </div>
    `;
}

/* ---- the whole city now ---- */

export function Live() {
    const l = useLoad('/api/live', 5000);
    const [zoom, setZoom] = useState('all');
    const wait = state(l);
    if (wait) return wait;
    const rank = /** @type {Record<string, number>} */ ({ alarm: 0, warn: 1, ok: 2 });
    const rows = [...l.data.items].sort(
        (a, b) =>
            Number(b.open_now) - Number(a.open_now) ||
            rank[a.level] - rank[b.level] ||
            b.longest_wait_s - a.longest_wait_s,
    );
    if (!rows.length) return html`<${NoOutlets} />`;
    const sum = rows.reduce((n, x) => n + x.waiting, 0);
    return html`
      <div class="stack">
        <p class="live-say">
          ${t('office.live.say', {
              n: rows.filter((x) => x.open_now).length,
              waiting: count(sum),
              alarm: rows.filter((x) => x.level === 'alarm').length,
          })}
        </p>
        <div class="live">
          <section class="card live-map-card" aria-label=${t('office.live.map')}>
            <div class="row row-between">
              <div class="seg" role="group" aria-label=${t('office.live.map')}>
                ${['all', 'city'].map(
                    (z) =>
                        html`
                          <button
                              key=${z} type="button" aria-pressed=${String(zoom === z)}
                              onClick=${() => setZoom(z)}>
                            ${t('office.live.' + z)}
                          </button>
                        `,
                )}
              </div>
              <span class="row-s small">
                ${['ok', 'warn', 'alarm'].map(
                    (k) =>
                        html`
                          <span key=${k} class="row-s">
                            <i class=${'pin-dot pin-' + k}></i>
                            ${t('office.level.' + k)}
                          </span>
                        `,
                )}
              </span>
            </div>
            <${CityMap} rows=${rows} zoom=${zoom} />
          </section>
          <${Scroll} label=${t('office.view.live')}>
            <table class="table table-tight">
              <thead>
                <tr>
                  <th>${t('staff.outlet')}</th>
                  <th>${t('floor.t.state')}</th>
                  <th class="r">${t('floor.waiting')}</th>
                  <th class="r">${t('floor.longest')}</th>
                  <th class="r">${t('floor.windows.open')}</th>
                  <th class="r">${t('office.within20.short')}</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                    (x) => html`
                      <tr key=${x.outlet_id} class=${x.open_now ? '' : 'row-off'}>
                        <th scope="row">
                          <a href=${'/floor.html?o=' + x.outlet_id}>${pick(x)}</a>
                        </th>
                        <td>
                          ${
                            x.open_now
                                ? html`
                                    <span
                                        class=${
                                          'badge ' +
                                          (x.level === 'alarm'
                                              ? 'badge-danger'
                                              : x.level === 'warn'
                                                ? 'badge-warn'
                                                : 'badge-ok')
                                        }>
                                      ${t('office.level.' + x.level)}
                                    </span>
                                  `
                                : html`<span class="badge">${t('office.live.closed')}</span>`
                          }
                        </td>
                        <td class="r">${count(x.waiting)}</td>
                        <td class="r">${x.waiting ? stopwatch(x.longest_wait_s) : '—'}</td>
                        <td class="r">${count(x.windows_open)}</td>
                        <td class="r">
                          ${
                            x.within_ppm_today === null ||
                            x.within_ppm_today === undefined ||
                            x.within_ppm_today < 0
                                ? '—'
                                : percent(x.within_ppm_today / 1e6)
                          }
                        </td>
                      </tr>
                    `,
                )}
              </tbody>
            </table>
          <//>
        </div>
      </div>
    `;
}

/** Outlets at their places, without map tiles: a sketch needs no foreign server. @param {{rows: any[], zoom: string}} p */
function CityMap({ rows, zoom }) {
    const ref = useRef(/** @type {any} */ (null));
    const kept = useRef(/** @type {any} */ (null));
    useEffect(() => {
        const map = L.map(ref.current, {
            zoomControl: true,
            attributionControl: false,
            zoomSnap: 0.25,
            scrollWheelZoom: false,
        });
        kept.current = { map, pins: new Map() };
        const watch = new ResizeObserver(() => map.invalidateSize());
        watch.observe(ref.current);
        return () => {
            watch.disconnect();
            map.remove();
        };
    }, []);
    useEffect(() => {
        const { map } = kept.current;
        const places = rows.filter((x) => x.lat || x.lon);
        if (!places.length) return;
        /* the city proper: the half of the outlets nearest to the middle one */
        const mid = (/** @type {string} */ k) =>
            [...places].map((x) => x[k]).sort((a, b) => a - b)[Math.floor(places.length / 2)];
        const near = [...places]
            .sort(
                (a, b) =>
                    Math.hypot(a.lat - mid('lat'), a.lon - mid('lon')) -
                    Math.hypot(b.lat - mid('lat'), b.lon - mid('lon')),
            )
            .slice(0, Math.max(2, Math.ceil(places.length / 2)));
        const shown = zoom === 'city' ? near : places;
        map.fitBounds(L.latLngBounds(shown.map((x) => [x.lat, x.lon])), {
            paddingTopLeft: [48, 40],
            paddingBottomRight: [110, 40],
            animate: false,
        });
    }, [zoom, rows.length]);
    useEffect(() => {
        const { map, pins } = kept.current;
        const draw = () => {
            /** @type {{x: number, y: number, w: number, h: number}[]} */
            const used = rows
                .filter((o) => o.lat || o.lon)
                .map((o) => map.latLngToContainerPoint([o.lat, o.lon]))
                .map((at) => ({ x: at.x - 13, y: at.y - 13, w: 26, h: 26 }));
            for (const x of rows.filter((o) => o.lat || o.lon)) {
                const p = map.latLngToContainerPoint([x.lat, x.lon]);
                const w = pick(x).length * (lang.value === 'en' ? 8 : 15) + 8;
                const box = { x: p.x + 16, y: p.y - 11, w, h: 22 };
                /* the first to come keeps its name: rows are sorted by need */
                const free = !used.some(
                    (u) =>
                        u.x < box.x + box.w &&
                        box.x < u.x + u.w &&
                        u.y < box.y + box.h &&
                        box.y < u.y + u.h,
                );
                if (free) used.push(box);
                const el = document.createElement('span');
                el.className = 'pin pin-' + (x.open_now ? x.level : 'off');
                const dot = document.createElement('b');
                dot.textContent = x.open_now ? String(x.waiting) : '·';
                const name = document.createElement('span');
                name.textContent = pick(x);
                name.className = free ? 'pin-name' : 'sr-only';
                el.append(dot, name);
                const icon = L.divIcon({
                    html: el,
                    className: 'pin-box',
                    iconSize: [28, 28],
                    iconAnchor: [14, 14],
                });
                const told = t('office.live.pin', {
                    waiting: x.waiting,
                    wait: duration(x.longest_wait_s),
                    windows: x.windows_open,
                });
                const title = `${pick(x)}: ${told}`;
                const pin = pins.get(x.outlet_id);
                if (pin) pin.setIcon(icon);
                else
                    pins.set(
                        x.outlet_id,
                        L.marker([x.lat, x.lon], {
                            icon,
                            title,
                            keyboard: true,
                            zIndexOffset:
                                x.level === 'alarm' ? 2000 : x.level === 'warn' ? 1000 : 0,
                        })
                            .addTo(map)
                            .on('click', () => location.assign('/floor.html?o=' + x.outlet_id)),
                    );
                const made = pins.get(x.outlet_id).getElement();
                if (made) made.title = title;
            }
        };
        draw();
        map.on('zoomend resize', draw);
        return () => map.off('zoomend resize', draw);
    }, [rows, lang.value, zoom]);
    return html`<div class="city-map" ref=${ref}></div>`;
}

/* ---- sign-ins ---- */

export function SignIns() {
    const l = useLoad('/api/sign-ins', 30000);
    const wait = state(l);
    if (wait) return wait;
    const bad = l.data.items.filter((/** @type {any} */ x) => !x.ok).length;
    return html`
      <div class="stack">
        <p class="muted">
          ${t('office.signins.say', { n: count(l.data.items.length), bad: count(bad) })}
        </p>
        <${Scroll} label=${t('office.view.signins')}>
          <table class="table table-tight">
            <thead>
              <tr>
                <th>${t('office.at')}</th>
                <th>${t('signin.username')}</th>
                <th>${t('office.peer')}</th>
                <th>${t('office.result')}</th>
              </tr>
            </thead>
            <tbody>
              ${l.data.items.map(
                  (/** @type {any} */ x, /** @type {number} */ i) =>
                      html`
                        <tr key=${i}>
                          <td class="num">${dateTime(x.at_ms)}</td>
                          <th scope="row">${x.username}</th>
                          <td class="num">${x.peer}</td>
                          <td>
                            ${
                              x.ok
                                  ? html`
                                      <span class="badge badge-ok">✓ ${t('office.signin.ok')}</span>
                                    `
                                  : html`
                                      <span class="badge badge-danger">
                                        ✕ ${t('office.signin.bad')}
                                      </span>
                                    `
                            }
                          </td>
                        </tr>
                      `,
              )}
            </tbody>
          </table>
        <//>
      </div>
    `;
}
