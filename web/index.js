// The home page: choose an outlet, open a page of it, sign in.
import { html, useEffect, useState } from './lib/vendor.js';
import { ownPage } from './lib/back.js';
import { t, pick } from './lib/texts.js';
import { info, session, loadSession } from './lib/api.js';
import { live, loadInfo } from './lib/live.js';
import { Shell, Loading, ProblemView, SignIn, mount, toastProblem, param } from './lib/ui.js';
import { OutletList, outletStatus, hoursText, chosen } from './lib/outlet.js';
import { range, duration } from './lib/format.js';

const outlets = live({ url: '/api/outlets', poll_ms: 10000 });
loadInfo().catch(toastProblem);
loadSession().catch(() => {});

const PAGES = [
    { group: 'home.customers', pages: ['kiosk', 'board', 'me', 'flow', 'map'] },
    {
        group: 'home.staff',
        pages: ['window', 'counter', 'floor', 'office', 'books', 'planner', 'admin'],
    },
];

/** The demo's kiosks and boards are opened as themselves. @param {string} page @param {any} o */
function deviceOf(page, o) {
    const all = (info.value && info.value.demo_devices) || [];
    const d = all.find((/** @type {any} */ x) => x.role === page && x.outlet_id === o.id);
    return d ? '#device=' + encodeURIComponent(d.token) : '';
}

/** @param {{o: any}} p */
function Panel({ o }) {
    const s = outletStatus(o);
    return html`
      <section class="card stack" aria-labelledby="chosen">
        <div class="row row-between">
          <h2 id="chosen">${pick(o)}</h2>
          <span class=${'badge ' + s.kind}>${s.text}</span>
        </div>
        ${o.open_now && html`
          <div class="stats">
            <div class="stat">
              <span class="value num">${o.waiting}</span>
              <span class="label">${t('board.waiting')}</span>
            </div>
            <div class="stat">
              <span class="value num">${o.windows_open}</span>
              <span class="label">${t('outlet.windows')}</span>
            </div>
            <div class="stat">
              <span class="strong">${o.forecast ? range(o.forecast) : '—'}</span>
              <span class="label">${t('kiosk.forecast')}</span>
            </div>
            <div class="stat">
              <span class="strong">${o.waiting ? duration(o.longest_wait_s) : '—'}</span>
              <span class="label">${t('board.longest')}</span>
            </div>
          </div>
        `}
        <dl class="facts small">
          <dt>${t('outlet.address')}</dt>
          <dd>${pick(o, 'address')}</dd>
          <dt>${t('outlet.phone')}</dt>
          <dd class="num">${o.phone}</dd>
          <dt>${t('outlet.hours')}</dt>
          <dd class="num">${hoursText(o)}</dd>
        </dl>
        ${PAGES.map(
            (g) => html`
              <div key=${g.group} class="stack-s">
                <h3>${t(g.group)}</h3>
                <div class="tiles">
                  ${g.pages.map(
                      (p) => html`
                        <a
                            key=${p} class="card card-flat tile"
                            href=${`/${p}.html?o=${encodeURIComponent(o.code)}${deviceOf(p, o)}`}>
                          <strong>${t('page.' + p)}</strong>
                          <span class="small muted">${t('page.' + p + '.text')}</span>
                        </a>
                      `,
                  )}
                </div>
              </div>
            `,
        )}
      </section>
    `;
}

function Home() {
    const d = outlets.data.value;
    const problem = outlets.error.value;
    const [picked, setPicked] = useState(0);
    useEffect(() => {
        if (d && !picked) {
            const o =
                chosen(d.items) || d.items.find((/** @type {any} */ x) => x.open_now) || d.items[0];
            if (o) setPicked(o.id);
        }
    }, [d]);
    const o = d && d.items.find((/** @type {any} */ x) => x.id === picked);
    const choose = (/** @type {any} */ x) => {
        setPicked(x.id);
        const u = new URL(location.href);
        u.searchParams.set('o', x.code);
        history.replaceState(null, '', u);
        if (matchMedia('(max-width: 56rem)').matches) scrollTo({ top: 0, behavior: 'smooth' });
    };
    const s = session.value;
    return html`
      <${Shell}
          title=${t('home.title')}
          tools=${!(s && s.signed_in) && html`
            <a class="btn-bar" href="/signin.html">${t('shell.signin')}</a>
          `}>
        ${info.value && info.value.setup_needed && html`
          <div class="banner banner-warn">${t('setup.needed')}</div>
        `}
        ${!d && !problem && html`<${Loading} />`}
        ${!d && problem && html`<${ProblemView} problem=${problem} onRetry=${outlets.refresh} />`}
        ${d && html`
          <div class="stack-l">
            <div class="stack-s">
              <h1>${t('home.heading')}</h1>
              <p class="muted">${t('home.lead')}</p>
            </div>
            <div class="home">
              <${OutletList} items=${d.items} selected=${picked} onPick=${choose} />
              <div class="home-panel">
                ${
                  o
                      ? html`
                          <${Panel} o=${o} />
                          ${info.value && info.value.demo && s && !s.signed_in && html`
                            <${SignIn}
                                outlet=${o} cardsOnly
                                onDone=${(/** @type {any} */ x) => location.assign(pageOf(x, o))} />
                          `}
                        `
                      : d.items.length > 0 && html`<p class="empty">${t('home.pick_first')}</p>`
                }
              </div>
            </div>
          </div>
        `}
      <//>
    `;
}

/** The page of a role. @param {any} s session @param {any} o outlet */
function pageOf(s, o) {
    const page =
        {
            teller: 'window',
            floor: 'floor',
            head: 'floor',
            office: 'office',
            auditor: 'office',
            admin: 'admin',
            kiosk: 'kiosk',
            board: 'board',
        }[/** @type {string} */ (s.role)] || 'index';
    const back = ownPage(param('back'), location.origin);
    if (back) return back;
    return `/${page}.html` + (!s.outlet_id && o && page !== 'office' ? `?o=${o.code}` : '');
}

mount(Home);
