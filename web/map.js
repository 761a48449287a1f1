// map.js -- 周边网点: where is a service done soonest, the way there included.
//
//   /map.html?o=CODE&service=ID      from an outlet;      &place=LAT,LON   from a place
// Without map tiles, since those would tell a stranger where the customer is: a sketch with the
// outlets at their places and a scale. The bank may name a tile server (configuration map_tiles).
import { html, useEffect, useMemo, useRef, useState } from './lib/vendor.js';
import { t, lang, pick } from './lib/texts.js';
import { get, info } from './lib/api.js';
import { live, loadInfo } from './lib/live.js';
import {
    Shell,
    Loading,
    NoOutlets,
    ProblemView,
    Qr,
    Select,
    mount,
    param,
    toast,
    toastProblem,
} from './lib/ui.js';
import { clockOf, count } from './lib/format.js';
import { Tips } from './lib/tips.js';
import L from '/lib/vendor/leaflet.js';

loadInfo().catch(toastProblem);
const outlets = live({ url: '/api/outlets', poll_ms: 30000 });

const minutes = (/** @type {number} */ x) => Math.max(0, Math.round(x));
/** The time in all: minutes, beyond two hours hours and minutes. @param {number} x */
const long = (x) =>
    minutes(x) < 120
        ? t('dur.min', { n: minutes(x) })
        : t('dur.hmin', { h: Math.floor(minutes(x) / 60), m: minutes(x) % 60 });
/** The same, of the way, the wait and the service. @param {number} x */
const whole = (x) => t('map.total', { n: long(x) });
/** The same, short, for a pin. @param {number} x */
const pinTime = (x) =>
    minutes(x) < 120 ? String(minutes(x)) : t('map.hours', { n: Math.round(x / 60) });
const far = (/** @type {number} */ m) =>
    m >= 1000
        ? t('map.km', { n: count(m / 1000, m < 10000 ? 1 : 0) })
        : t('map.m', { n: Math.round(m / 10) * 10 });

/** The address follows what is chosen, so that it can be sent on. @param {Record<string, string>} to */
function remember(to) {
    const u = new URL(location.href);
    for (const [k, v] of Object.entries(to))
        if (v) u.searchParams.set(k, v);
        else u.searchParams.delete(k);
    history.replaceState(null, '', u);
}

/** What is said of an outlet under its name. @param {{x: any, start: boolean}} p */
function Facts({ x, start }) {
    if (!x.open)
        return html`
          <span class="small muted">
            ${t('map.closed')}
            ${x.opens_s !== x.closes_s && ' · ' + clockOf(x.opens_s) + '–' + clockOf(x.closes_s)}
          </span>
        `;
    if (!x.offers) return html`<span class="small muted">${t('map.no_service')}</span>`;
    if (x.total_min === null) return html`<span class="small muted">${t('dur.none')}</span>`;
    if (x.too_late)
        return html`
          <span class="small muted num">
            ${t('map.too_late', { n: long(x.trip_min), at: clockOf(x.closes_s) })}
          </span>
        `;
    const words = {
        trip: minutes(x.trip_min),
        p50: minutes(x.p50_min),
        p90: Math.max(1, Math.ceil(x.p90_min ?? x.p50_min)),
        service: minutes(x.total_min - x.trip_min - x.p50_min),
    };
    return html`
      <span class="small muted num">
        ${t(start ? 'map.stay' : 'map.parts', words)}
        ${x.simulated ? '' : t('map.approx')}
      </span>
    `;
}

/** @param {{x: any, start: boolean, quickest: boolean, here: boolean, picked: boolean, onPick: () => void}} p */
function Row({ x, start, quickest, here, picked, onPick }) {
    return html`
      <li>
        <button
            type="button"
            class=${'card card-flat mp-row' + (x.open && x.offers && !x.too_late ? '' : ' mp-off')}
            aria-pressed=${String(picked)} onClick=${onPick}>
          <span class="mp-name">
            <strong>${pick(x)}</strong>
            ${known(x) ? html`<span class="mp-total num">${whole(x.total_min)}</span>` : null}
          </span>
          <span class="row-s">
            ${start && html`<span class="badge">${t('map.start')}</span>`}
            ${quickest && html`<span class="badge badge-ok">${t('map.best')}</span>`}
            ${x.suggested && here && html`
              <span class="badge badge-ok">
                ${t('map.suggested', { p: Math.round(x.sooner * 100) + '%' })}
              </span>
            `}
            ${!start && html`<span class="small muted num">${far(x.metres)}</span>`}
          </span>
          <${Facts} x=${x} start=${start} />
        </button>
      </li>
    `;
}

/** Is there something to tell of the outlet's time? @param {any} x */
const known = (x) => x.open && x.offers && !x.too_late && x.total_min !== null;

/** An outlet's pin; a name that finds no room is still read out. @param {any} x @param {boolean} picked @param {string} side */
function pin(x, picked, side) {
    const el = document.createElement('span'),
        n = document.createElement('b'),
        name = document.createElement('span');
    el.className = 'mp-pin' + (known(x) ? '' : ' mp-pin-off') + (picked ? ' mp-pin-picked' : '');
    n.className = 'num';
    n.textContent = known(x) ? pinTime(x.total_min) : '—';
    name.textContent = pick(x);
    name.className = side ? 'mp-label mp-label-' + side : 'sr-only';
    el.append(n, ' ', name);
    return el;
}

/**
 * On which side of its pin each name has room: inside the map, over no pin and no other name. The one
 * picked comes first; '' where there is none.
 * @param {any} map @param {any[]} items @param {number} picked @param {HTMLElement} box
 * @returns {Map<number, string>}
 */
function labelSides(map, items, picked, box) {
    const pen = /** @type {any} */ (document.createElement('canvas').getContext('2d'));
    pen.font = '600 14px ' + getComputedStyle(box).fontFamily;
    const { x: width, y: height } = map.getSize();
    const at = new Map(items.map((x) => [x.id, map.latLngToContainerPoint([x.lat, x.lon])]));
    /** @type {{x: number, y: number, w: number, h: number}[]} */
    const used = [
        { x: 0, y: 0, w: 56, h: 84 } /* the buttons */,
        { x: 0, y: height - 30, w: width, h: 30 } /* the scale */,
        ...items.map((x) => {
            const p = at.get(x.id);
            return { x: p.x - 17, y: p.y - 17, w: 34, h: 34 };
        }),
    ];
    const sides = new Map();
    for (const x of [...items].sort((a, b) => Number(b.id === picked) - Number(a.id === picked))) {
        const p = at.get(x.id),
            w = Math.ceil(pen.measureText(pick(x)).width) + 6;
        const places = {
            right: { x: p.x + 18, y: p.y - 11, w, h: 22 },
            left: { x: p.x - 18 - w, y: p.y - 11, w, h: 22 },
            below: { x: p.x - w / 2, y: p.y + 18, w, h: 22 },
            above: { x: p.x - w / 2, y: p.y - 40, w, h: 22 },
        };
        for (const [side, r] of Object.entries(places)) {
            if (r.x < 2 || r.y < 2 || r.x + r.w > width - 2 || r.y + r.h > height - 2) continue;
            if (
                used.some(
                    (u) => u.x < r.x + r.w && r.x < u.x + u.w && u.y < r.y + r.h && r.y < u.y + u.h,
                )
            )
                continue;
            used.push(r);
            sides.set(x.id, side);
            break;
        }
    }
    return sides;
}

/** The sketch: outlets at their places, a scale, where one is. @param {{items: any[], place: any, picked: number, onPick: (id: number) => void}} p */
function Sketch({ items, place, picked, onPick }) {
    const ref = useRef(/** @type {any} */ (null));
    const kept = useRef(/** @type {any} */ (null));
    useEffect(() => {
        const map = L.map(ref.current, {
            attributionControl: false,
            zoomSnap: 0.25,
            scrollWheelZoom: false,
        });
        L.control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
        const tiles = info.value && info.value.map_tiles;
        if (tiles) L.tileLayer(tiles, { maxZoom: 18 }).addTo(map);
        kept.current = { map, layer: L.layerGroup().addTo(map) };
        const watch = new ResizeObserver(() => map.invalidateSize());
        watch.observe(ref.current);
        return () => {
            watch.disconnect();
            map.remove();
        };
    }, []);
    const key = items.map((x) => x.id).join() + (place ? place.lat + ',' + place.lon : '');
    useEffect(() => {
        const near = items.slice(0, 6);
        const points = /** @type {any} */ ([
            ...near.map((x) => [x.lat, x.lon]),
            ...(place ? [[place.lat, place.lon]] : []),
        ]);
        const wide = ref.current.clientWidth > 560;
        if (points.length)
            kept.current.map.fitBounds(L.latLngBounds(points), {
                paddingTopLeft: wide ? [70, 50] : [40, 34],
                paddingBottomRight: wide ? [70, 60] : [40, 44],
                animate: false,
                maxZoom: 16,
            });
    }, [key]);
    useEffect(() => {
        const { map, layer } = kept.current;
        const draw = () => {
            layer.clearLayers();
            if (place) {
                for (const km of [0.5, 1, 2, 4])
                    L.circle([place.lat, place.lon], {
                        radius: km * 1000,
                        className: 'mp-ring',
                        interactive: false,
                    }).addTo(layer);
                L.marker([place.lat, place.lon], {
                    icon: L.divIcon({ className: 'mp-me', iconSize: [18, 18], html: '' }),
                    keyboard: false,
                    alt: t('map.here.mark'),
                    interactive: false,
                }).addTo(layer);
            }
            const sides = labelSides(map, items, picked, ref.current);
            for (const x of items) {
                const marker = L.marker([x.lat, x.lon], {
                    icon: L.divIcon({
                        className: 'mp-at',
                        iconSize: [32, 32],
                        html: pin(x, x.id === picked, sides.get(x.id) || ''),
                    }),
                    title: pick(x),
                    keyboard: true,
                });
                marker.on('click', () => onPick(x.id));
                marker.addTo(layer);
            }
        };
        draw();
        map.on('zoomend resize', draw);
        return () => map.off('zoomend resize', draw);
    }, [items, picked, lang.value, place]);
    return html`
      <div class="mp-box">
        <div class="mp-map" ref=${ref} role="region" aria-label=${t('map.title')}></div>
        ${!(info.value && info.value.map_tiles) && html`
          <p class="small muted mp-sketch">${t('map.sketch')}</p>
        `}
      </div>
    `;
}

/** The outlet picked: hours, the way to its queue. @param {{x: any, service: string}} p */
function Picked({ x, service }) {
    const url = `/me.html?o=${encodeURIComponent(x.code)}`;
    const [qr, setQr] = useState('');
    useEffect(() => {
        setQr('');
        get('/api/qr?path=' + encodeURIComponent(url)).then(
            (a) => setQr(a.qr_svg),
            () => {},
        );
    }, [x.code]);
    return html`
      <section class="card row row-between mp-picked" aria-labelledby="picked">
        <div class="stack-s">
          <h2 id="picked">${pick(x)}</h2>
          <p class="small">${pick(x, 'address')}</p>
          <p class="small muted num">
            ${x.phone} · ${clockOf(x.opens_s)}–${clockOf(x.closes_s)} · ${t('map.waiting', {
                n: x.waiting,
            })}
          </p>
          <p class="row-s">
            <a class="btn btn-primary" href=${url}>${t('map.take')}</a>
            <a class="btn" href=${`/flow.html?o=${encodeURIComponent(x.code)}&service=${service}`}>
              ${t('flow.open')}
            </a>
          </p>
        </div>
        ${qr && html`
          <div class="mp-qr">
            <${Qr} svg=${qr} label=${t('map.qr')} />
            <p class="small muted">${t('map.qr')}</p>
          </div>
        `}
      </section>
    `;
}

/** @param {{all: any[]}} p */
function MapPage({ all }) {
    const first = all.find((o) => o.code === param('o')) || all.find((o) => o.open_now) || all[0];
    const [from, setFrom] = useState(param('place') ? 'place' : first.code);
    const [place, setPlace] = useState(
        /** @type {() => any} */ () => {
            const [lat, lon] = (param('place') || '').split(',').map(Number);
            return Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : null;
        },
    );
    const [services, setServices] = useState(/** @type {any[]} */ ([]));
    const [service, setService] = useState(param('service') || '');
    const [mode, setMode] = useState(param('mode') === 'drive' ? 'drive' : 'walk');
    const [order, setOrder] = useState('total');
    const [picked, setPicked] = useState(0);
    const [d, setD] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState(/** @type {any} */ (null));
    useEffect(() => {
        get('/api/outlets/' + first.code).then((a) => {
            setServices(a.services);
            if (!service && a.services[0]) setService(String(a.services[0].id));
        }, setProblem);
    }, []);
    const load = () => {
        if (!service || (from === 'place' && !place)) return;
        const start = from === 'place' ? `lat=${place.lat}&lon=${place.lon}` : `from=${from}`;
        get(`/api/nearby?service=${service}&${start}&mode=${mode}`).then((a) => {
            setD(a);
            setProblem(null);
        }, setProblem);
        remember({
            o: from === 'place' ? '' : from,
            place: from === 'place' ? `${place.lat},${place.lon}` : '',
            service,
            mode: mode === 'drive' ? mode : '',
        });
    };
    useEffect(load, [service, from, place, mode]);
    useEffect(() => {
        const timer = setInterval(load, 20000);
        return () => clearInterval(timer);
    }, [service, from, place, mode]);
    const locate = () => {
        toast(t('map.locating'));
        navigator.geolocation.getCurrentPosition(
            (p) => {
                setPlace({
                    lat: +p.coords.latitude.toFixed(5),
                    lon: +p.coords.longitude.toFixed(5),
                });
                setFrom('place');
            },
            () => toast(t('map.no_place')),
            { timeout: 8000, maximumAge: 60000 },
        );
    };
    const items = useMemo(() => {
        if (!d) return [];
        const list = d.here ? [{ ...d.here, metres: 0 }, ...d.items] : d.items;
        const worth = (/** @type {any} */ x) => (known(x) ? x.total_min : 1e6 + x.metres);
        return [...list].sort((a, b) =>
            order === 'total' ? worth(a) - worth(b) : a.metres - b.metres,
        );
    }, [d, order]);
    const quickest = items.reduce(
        (/** @type {any} */ best, x) =>
            known(x) && (!best || x.total_min < best.total_min) ? x : best,
        null,
    );
    const start =
        from === 'place' ? place : d && d.here ? { lat: d.here.lat, lon: d.here.lon } : null;
    const shown = items.find((x) => x.id === picked) || quickest;
    const seg = (
        /** @type {string} */ value,
        /** @type {string} */ now,
        /** @type {(v: any) => void} */ set,
        /** @type {string} */ text,
    ) => html`
      <button type="button" aria-pressed=${String(now === value)} onClick=${() => set(value)}>
        ${t(text)}
      </button>
    `;
    return html`
      <div class="stack">
        <div class="stack-s"><h1>${t('map.title')}</h1><p class="muted">${t('map.lead')}</p></div>
        <div class="mp-ask">
          <${Select}
              label=${t('map.service')} value=${service} onInput=${setService}
              options=${services.map((s) => ({ value: String(s.id), text: pick(s) }))} />
          <${Select}
              label=${t('map.from')} value=${from}
              onInput=${(/** @type {string} */ v) =>
                  v === 'place' && !place ? locate() : setFrom(v)}
              options=${[
                  { value: 'place', text: t('map.here') },
                  ...all.map((o) => ({ value: o.code, text: pick(o) })),
              ]} />
          <div class="seg" role="group" aria-label=${t('map.mode')}>
            ${seg('walk', mode, setMode, 'map.walk')} ${seg('drive', mode, setMode, 'map.drive')}
          </div>
          <div class="seg" role="group" aria-label=${t('map.sort')}>
            ${seg('total', order, setOrder, 'map.by_total')}
            ${seg('distance', order, setOrder, 'map.by_distance')}
          </div>
        </div>
        ${problem && html`<${ProblemView} problem=${problem} onRetry=${load} />`}
        ${!d && !problem && html`<${Loading} />`}
        ${d && html`
          <div class="mp">
            <div class="stack mp-side">
              ${shown && html`<${Picked} x=${shown} service=${service} />`}
              <${Sketch}
                  items=${items} place=${start} picked=${shown ? shown.id : 0} onPick=${setPicked} />
            </div>
            <ul class="stack-s mp-list" aria-label=${t('map.list')}>
              ${items.map(
                  (x) => html`
                    <${Row}
                        key=${x.id} x=${x} start=${!!d.here && x.id === d.here.id} here=${!!d.here}
                        quickest=${!!quickest && x.id === quickest.id}
                        picked=${!!shown && x.id === shown.id} onPick=${() => setPicked(x.id)} />
                  `,
              )}
            </ul>
          </div>
          <${Tips} service=${Number(service) || 0} />
        `}
      </div>
    `;
}

function App() {
    const d = outlets.data.value;
    const problem = outlets.error.value;
    return html`
      <${Shell} title=${t('map.title')} wide>
        ${!d && !problem && html`<${Loading} />`}
        ${!d && problem && html`<${ProblemView} problem=${problem} onRetry=${outlets.refresh} />`}
        ${d && d.items.length > 0 && html`<${MapPage} all=${d.items} />`}
        ${d && d.items.length === 0 && html`<${NoOutlets} />`}
      <//>
    `;
}
mount(App);
