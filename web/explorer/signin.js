// Who is signed in, and the bar that shows and changes it. Shared by GraphiQL
// and by the built-in explorer, so it is plain JavaScript without imports.

const STORE = "tubex.session";
const RENEW_AFTER = 13 * 60_000; // access tokens are good for 15 minutes
const ENDS_AFTER = 15 * 60_000;

const LOGIN = `mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    accessToken
    dealer { name }
    user { name }
    dealers { id name }
    userErrors { message }
  }
}`;

/** The page's sign-in. Fires "change"; tokens stay in sessionStorage. */
export class Session extends EventTarget {
  /** One of config.demoLogins, which can be renewed without asking. */
  demo = null;
  /** `{ token, since, user, dealer }` while somebody is signed in. */
  login = null;
  /** What went wrong, for people. */
  error = "";
  /** `{ credentials, dealers }` when the user works for several dealers. */
  choice = null;
  #config;
  #pending = null;

  constructor(config) {
    super();
    this.#config = config;
    const saved = readStore();
    if (saved.out) return;
    const demo = this.demoLogins.find((login) => login.email === saved.demo);
    this.demo = saved.login && !demo ? null : (demo ?? this.demoLogins[0] ?? null);
    if (saved.login && Date.now() - saved.login.since < RENEW_AFTER) this.login = saved.login;
    else if (this.demo) this.signIn(this.demo);
  }

  get demoLogins() {
    return this.#config.demoLogins ?? [];
  }

  get busy() {
    return this.#pending !== null;
  }

  /** Signs in with `{ email, password, dealerId? }` or a demo login. Never throws. */
  signIn(credentials) {
    const attempt = this.#signIn(credentials).finally(() => {
      if (this.#pending === attempt) this.#pending = null;
      this.#changed();
    });
    this.#pending = attempt;
    this.#changed();
    return attempt;
  }

  signOut(error = "") {
    Object.assign(this, { demo: null, login: null, choice: null, error });
    this.#changed();
  }

  /** The header value to send now; undefined when nobody is signed in. */
  async authorization() {
    await this.#pending;
    const age = this.login ? Date.now() - this.login.since : 0;
    if (age > RENEW_AFTER && this.demo) await this.#renew();
    else if (age > ENDS_AFTER) this.signOut("The session has ended: please sign in again.");
    return this.login ? `Bearer ${this.login.token}` : undefined;
  }

  /** The server refused this header value. Resolves to whether another one is worth a try. */
  async refused(authorization) {
    const current = await this.authorization();
    if (current !== authorization) return current !== undefined;
    if (this.demo) await this.#renew();
    else if (this.login) this.signOut("The session has ended: please sign in again.");
    return this.login !== null;
  }

  /** Runs a query or mutation; `headers` with an authorization of their own win. */
  async post(params, headers = {}, { signal, anonymous = false } = {}) {
    const own = lowerCased(headers);
    const signed = !("authorization" in own) && !anonymous;
    for (let attempt = 1; ; attempt++) {
      const authorization = signed ? await this.authorization() : undefined;
      const response = await this.#send(params, { ...own, ...(authorization && { authorization }) }, signal);
      const renew = signed && attempt === 1 && isUnauthenticated(response);
      if (!renew || !(await this.refused(authorization))) return response;
    }
  }

  async #send(params, headers, signal) {
    const answer = await fetch(this.#config.graphqlUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json;q=0.9",
        ...headers,
      },
      body: JSON.stringify(params),
      signal,
    });
    const text = await answer.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`The server answered ${answer.status} ${answer.statusText}: ${text.slice(0, 300)}`);
    }
  }

  async #renew() {
    await (this.#pending ?? this.signIn(this.demo));
  }

  async #signIn(credentials) {
    const { email, password, dealerId } = credentials;
    this.demo = this.demoLogins.includes(credentials) ? credentials : null;
    this.choice = null;
    this.error = "";
    try {
      const params = { query: LOGIN, operationName: "SignIn", variables: { input: { email, password, dealerId } } };
      const response = await this.#send(params, {});
      const login = response.data?.login;
      if (!login) throw new Error(response.errors?.[0]?.message ?? "The server sent no answer.");
      if (login.accessToken) {
        const { accessToken: token, user, dealer } = login;
        this.login = { token, since: Date.now(), user: user?.name, dealer: dealer?.name };
        return;
      }
      this.login = null;
      const named = login.dealers?.find((dealer) => dealer.name === credentials.dealer);
      if (named && !dealerId) {
        const demo = this.demo;
        await this.#signIn({ ...credentials, dealerId: named.id });
        this.demo = demo;
      } else if (login.dealers?.length && !dealerId) {
        this.choice = { credentials: { email, password }, dealers: login.dealers };
      } else {
        throw new Error(login.userErrors?.[0]?.message ?? "The login was refused.");
      }
    } catch (error) {
      this.login = null;
      this.error = `Not signed in: ${error.message}`;
    }
  }

  #changed() {
    const { demo, login } = this;
    const out = !demo && !login && !this.busy;
    sessionStorage.setItem(STORE, JSON.stringify({ demo: demo?.email, login, out }));
    this.dispatchEvent(new Event("change"));
  }
}

/** Header names in lower case, so that `Authorization` is found however it is written. */
export function lowerCased(headers) {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Whether the answer says that the token is missing or no longer good. */
export function isUnauthenticated(response) {
  return Boolean(response?.errors?.some?.((error) => error.extensions?.code === "UNAUTHENTICATED"));
}

function readStore() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

const STYLE = `
:host {
  display: block; flex: none; box-sizing: border-box; min-height: 44px; padding: 6px 16px;
  font: 14px/20px var(--bar-font, system-ui, sans-serif);
  color: light-dark(#3b4b68, #d5dbe6); background: light-dark(#f0f3f8, #181f2c);
  border-bottom: 1px solid light-dark(#d9dfe8, #303b4f);
}
* { box-sizing: border-box; }
div, form { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; min-height: 32px; }
strong { font-weight: 650; letter-spacing: .01em; margin-right: 4px; }
label { display: flex; align-items: center; gap: 6px; }
input, select, button {
  font: inherit; color: inherit; height: 30px; padding: 0 8px; border-radius: 6px;
  border: 1px solid light-dark(#a9b4c6, #56637b); background: light-dark(#fff, #232c3d);
}
input { width: 15em; max-width: 100%; }
button { cursor: pointer; padding: 0 12px; }
button:hover { background: light-dark(#e6ebf3, #303b4f); }
:focus-visible { outline: 2px solid light-dark(#c2058a, #ff6ba3); outline-offset: 1px; }
[role=status] { display: flex; align-items: center; gap: 7px; }
[role=status]::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: #98a3b5; }
[data-state=in] [role=status]::before { background: light-dark(#1b8a4c, #4cc38a); }
[data-state=error] [role=status] { color: light-dark(#b3261e, #ff9b94); }
[data-state=error] [role=status]::before { background: currentColor; }
small { font-size: 12.5px; color: light-dark(#56647d, #a6b1c4); margin-left: auto; }
[hidden] { display: none !important; }
`;

const MARKUP = `
<div id="bar">
  <strong>tubex</strong>
  <label id="demo">Dealer <select id="account"></select></label>
  <form id="form">
    <label>E-mail <input id="email" type="email" autocomplete="username" required></label>
    <label>Password <input id="password" type="password" autocomplete="current-password" required></label>
    <button>Sign in</button>
  </form>
  <label id="choose">Dealer <select id="dealer"></select></label>
  <span role="status"></span>
  <button id="out" type="button">Sign out</button>
  <small id="note"></small>
</div>`;

const OTHER = "other";

/** `<sign-in-bar>`: set `session`; set `ownHeader` when the headers bring a token of their own. */
export class SignInBar extends HTMLElement {
  #session;
  #ownHeader = false;
  #part;

  set session(session) {
    this.#session = session;
    this.#build();
    session.addEventListener("change", () => this.#render());
    this.#render();
  }

  set ownHeader(value) {
    if (value === this.#ownHeader) return;
    this.#ownHeader = value;
    if (this.#part) this.#render();
  }

  #build() {
    const root = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    root.innerHTML = MARKUP;
    this.#part = (id) => root.getElementById(id);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Sign-in");
    const { demoLogins } = this.#session;
    const accounts = demoLogins.map((login, index) => new Option(login.dealer, index));
    this.#part("account").append(...accounts, new Option("Other account…", OTHER));
    this.#part("account").addEventListener("change", ({ target }) => {
      if (target.value === OTHER) this.#session.signOut();
      else this.#session.signIn(demoLogins[target.value]);
    });
    this.#part("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const [email, password] = [this.#part("email"), this.#part("password")];
      this.#session.signIn({ email: email.value, password: password.value });
      password.value = "";
    });
    this.#part("dealer").addEventListener("change", ({ target }) => {
      this.#session.signIn({ ...this.#session.choice.credentials, dealerId: target.value });
    });
    this.#part("out").addEventListener("click", () => this.#session.signOut());
  }

  #render() {
    const { demo, demoLogins, login, error, choice, busy } = this.#session;
    const show = (id, visible) => (this.#part(id).hidden = !visible);
    this.#part("bar").dataset.state = error ? "error" : login && !busy ? "in" : "out";
    this.#part("account").value = demo ? demoLogins.indexOf(demo) : OTHER;
    show("demo", demoLogins.length > 0);
    show("form", !demo && !login && !choice && !busy);
    show("choose", choice !== null && !busy);
    show("out", login !== null && !demo);
    this.#part("dealer").replaceChildren(
      new Option("choose…", ""),
      ...(choice?.dealers ?? []).map(({ id, name }) => new Option(name, id)),
    );
    this.shadowRoot.querySelector("[role=status]").textContent = this.#status(demo, login, error, choice, busy);
    this.#part("note").textContent = this.#ownHeader
      ? "The Authorization of your headers is sent."
      : "This token goes with every operation, unless the headers have an Authorization of their own.";
    show("note", login !== null || this.#ownHeader);
  }

  #status(demo, login, error, choice, busy) {
    if (error) return error;
    if (busy) return "Signing in…";
    if (choice) return "You work for several dealers.";
    if (!login) return "Not signed in";
    return demo ? `Signed in as ${login.user}` : `Signed in as ${login.user}, ${login.dealer}`;
  }
}

customElements.define("sign-in-bar", SignInBar);
