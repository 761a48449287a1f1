// Sign-in as a page of its own: ?back=/floor.html returns there.
import { html } from './lib/vendor.js';
import { ownPage } from './lib/back.js';
import { t } from './lib/texts.js';
import { info, session, loadSession } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { Shell, SignIn, Loading, mount, toastProblem, param } from './lib/ui.js';

loadInfo().catch(toastProblem);
loadSession().catch(() => {
    session.value = { signed_in: false };
});

/** @param {any} s */
function next(s) {
    const page = {
        teller: 'window',
        floor: 'floor',
        head: 'floor',
        office: 'office',
        auditor: 'office',
        admin: 'admin',
    }[/** @type {string} */ (s.role)];
    location.assign(ownPage(param('back'), location.origin) || (page ? `/${page}.html` : '/'));
}

function Page() {
    const s = session.value;
    return html`
      <${Shell} title=${t('signin.title')} narrow>
        <div class="stack">
          <h1>${t('signin.title')}</h1>
          ${info.value && info.value.setup_needed && html`
            <div class="banner banner-warn">${t('setup.needed')}</div>
          `}
          ${s && s.signed_in && html`
            <div class="banner banner-ok">
              ${t('signin.who', { name: s.name, role: t('role.' + s.role) })}
            </div>
          `}
          ${s && info.value ? html`<${SignIn} onDone=${next} />` : html`<${Loading} />`}
        </div>
      <//>
    `;
}
mount(Page);
