// admin.js -- Settings of an outlet and of the bank: the calling rule, limits, hours, windows, services,
// staff, devices, the calendar. The head of an outlet sees what belongs to the outlet.
import { html, signal, useEffect, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { get, session, Problem } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { mount, Loading, NeedRole, ProblemView, Shell, toastProblem } from './lib/ui.js';
import {
    ChooseOutlet,
    OutletPicker,
    ROLES,
    StaffNav,
    loadOutlets,
    outletId,
    outlets,
} from './lib/staff.js';
import { Limits, RuleForm } from './lib/admin-settings.js';
import { Hours, OutletForm, Services, Windows } from './lib/admin-outlet.js';
import { Calendar, Devices, Staff } from './lib/admin-bank.js';
import { Classes, Outlets } from './lib/admin-places.js';
import { Blackout } from './lib/admin-blackout.js';
import { TipsForm } from './lib/admin-tips.js';

/** @type {Record<string, {of: any, load: (o: number) => Record<string, string>, admin?: boolean, bank?: boolean}>} */
const SECTIONS = {
    rule: {
        of: RuleForm,
        load: (o) => ({ settings: `/api/outlets/${o}/settings`, outlet: `/api/outlets/${o}` }),
    },
    limits: { of: Limits, load: (o) => ({ settings: `/api/outlets/${o}/settings` }) },
    hours: { of: Hours, load: (o) => ({ outlet: `/api/outlets/${o}` }) },
    windows: {
        of: Windows,
        load: (o) => ({
            windows: `/api/outlets/${o}/window-settings`,
            services: '/api/services',
            outlet: `/api/outlets/${o}`,
        }),
    },
    blackout: { of: Blackout, load: () => ({}) },
    tips: { of: TipsForm, load: () => ({}), bank: true },
    outlet: { of: OutletForm, load: (o) => ({ outlet: `/api/outlets/${o}` }), admin: true },
    outlets: { of: Outlets, load: () => ({ list: '/api/outlets' }), admin: true, bank: true },
    classes: { of: Classes, load: () => ({ classes: '/api/classes' }), admin: true, bank: true },
    services: {
        of: Services,
        load: () => ({ services: '/api/services' }),
        admin: true,
        bank: true,
    },
    staff: { of: Staff, load: () => ({ staff: '/api/staff' }), admin: true, bank: true },
    devices: { of: Devices, load: () => ({ devices: '/api/devices' }), admin: true, bank: true },
    calendar: { of: Calendar, load: () => ({}), admin: true, bank: true },
};
const section = signal(location.hash.slice(1) || 'rule');
window.addEventListener('hashchange', () => {
    section.value = location.hash.slice(1) || 'rule';
});

function Section() {
    const o = outletId();
    const name = SECTIONS[section.value] ? section.value : 'rule';
    const s = SECTIONS[name];
    const [data, setData] = useState(/** @type {any} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const key = name + (s.bank ? '' : o);
    const load = async () => {
        try {
            const urls = Object.entries(s.load(o));
            const all = await Promise.all(urls.map(([, url]) => get(url)));
            setData({ key, ...Object.fromEntries(urls.map(([k], i) => [k, all[i]])) });
            setProblem(null);
        } catch (e) {
            setProblem(/** @type {Problem} */ (e));
        }
    };
    useEffect(() => {
        if (o || s.bank) load();
    }, [key]);
    if (!o && !s.bank) return html`<${ChooseOutlet} title=${false} />`;
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!data || data.key !== key) return html`<${Loading} />`;
    return html`<${s.of} key=${key} ...${data} o=${o} reload=${load} />`;
}

function Admin() {
    const s = session.value;
    useEffect(() => {
        loadOutlets().catch(toastProblem);
    }, []);
    const names = Object.keys(SECTIONS).filter(
        (n) => !SECTIONS[n].admin || (s && s.role === 'admin'),
    );
    const groups = [names.filter((n) => !SECTIONS[n].bank), names.filter((n) => SECTIONS[n].bank)];
    return html`
      <div class="admin">
        <nav class="admin-nav" aria-label=${t('staff.page.admin')}>
          ${groups.map(
              (list, i) =>
                  list.length > 0 &&
                  html`
                    <div key=${i}>
                      <p class="admin-group">${t(i ? 'admin.bank' : 'admin.outlet')}</p>
                      <ul>
                        ${list.map(
                            (n) =>
                                html`
                                  <li key=${n}>
                                    <a
                                        href=${'#' + n}
                                        aria-current=${section.value === n ? 'page' : undefined}>
                                      ${t('admin.' + n)}
                                    </a>
                                  </li>
                                `,
                        )}
                      </ul>
                    </div>
                  `,
          )}
        </nav>
        <div class="admin-body stack">
          <h1>${t('admin.' + (SECTIONS[section.value] ? section.value : 'rule'))}</h1>
          <${Section} />
        </div>
      </div>
    `;
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
    }, []);
    const s = session.value;
    const own = s && s.outlet_id && (outlets.value || []).find((x) => x.id === s.outlet_id);
    return html`
      <${Shell}
          title=${t('staff.page.admin')} footer=${false} class="admin-page"
          where=${own ? pick(own) : html`<${OutletPicker} />`}
          tools=${html`<${StaffNav} here="admin" />`}>
        <${NeedRole} roles=${ROLES.admin}><${Admin} /><//>
      <//>
    `;
}
mount(App);
