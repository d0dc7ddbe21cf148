// Follows the links in the mails of a running demo, in Chromium, as a person would.
//
//   node tests/browser/mails.mjs <base url> <screenshot folder>
//
// See README.md beside this file.

import { WAIT, fail, findChromium, loadPlaywright, until, watch } from "./browser.mjs";

const PASSWORD = "a password made in a browser";
const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) {
  accessToken dealers { id } userErrors { code } } }`;
const INVITE = `mutation ($input: MemberInviteInput!) { memberInvite(input: $input) {
  userErrors { message } } }`;

class Visit {
  constructor(base, folder, context, faults) {
    Object.assign(this, { base, folder, context, faults, shots: 0 });
  }

  /** A page that is watched. */
  async watched(page) {
    this.faults.push(watch(page, this.base));
    return page;
  }

  async graphql(query, variables, token) {
    const headers = { "content-type": "application/json" };
    if (token) headers.authorization = `Bearer ${token}`;
    const body = JSON.stringify({ query, variables });
    const response = await fetch(new URL("/graphql", this.base), { method: "POST", headers, body });
    const { data, errors } = await response.json();
    return errors ? fail(JSON.stringify(errors)) : data;
  }

  async signIn(email, password) {
    const { login } = await this.graphql(LOGIN, { input: { email, password } });
    return login.accessToken;
  }

  async shot(page, name) {
    this.shots += 1;
    const number = String(this.shots).padStart(2, "0");
    await page.screenshot({ path: `${this.folder}/${number}-${name}.png` });
  }

  /** Opens the newest mail to `email` about `subject` in the mailbox, and its link. */
  async follow(email, subject) {
    const page = await this.watched(await this.context.newPage());
    const row = page.locator("tr", { hasText: email }).filter({ hasText: subject });
    await until(`a mail to ${email} about ${subject}`, async () => {
      await page.goto(new URL("/mailbox", this.base).href);
      return (await row.count()) > 0;
    });
    await this.shot(page, "mailbox");
    await row.first().getByRole("link").click();
    const link = page.frameLocator("iframe").getByRole("link").first();
    await link.waitFor({ timeout: WAIT });
    await this.shot(page, "mail");
    const [opened] = await Promise.all([this.context.waitForEvent("page"), link.click()]);
    return this.watched(opened);
  }

  /** Fills the form, sends it, and waits for the page to say `heading`. */
  async fill(page, values, heading) {
    await page.locator("form:not([hidden])").waitFor({ timeout: WAIT });
    for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value);
    await this.shot(page, "form");
    await page.getByRole("button").click();
    await page.getByRole("heading", { name: heading }).waitFor({ timeout: WAIT });
    await this.shot(page, "done");
    console.log(`${heading}: ${await page.locator("#lead").innerText()}`);
  }
}

async function verifyAddress(visit, login) {
  const page = await visit.follow(login.email, "Confirm your address");
  await visit.fill(page, {}, "Thank you");
  // The token is spent and need not stay in the history.
  if (new URL(page.url()).search) fail(`the token is still in ${page.url()}`);
}

async function resetPassword(visit, login) {
  const page = await visit.watched(await visit.context.newPage());
  await page.goto(new URL("/forgot-password", visit.base).href);
  await visit.fill(page, { "E-mail address": login.email }, "Look into your mailbox");
  const form = await visit.follow(login.email, "Set a new password");
  const link = form.url();
  await form.getByLabel("New password").fill("short");
  await form.getByRole("button").click();
  await form.getByRole("alert").waitFor({ timeout: WAIT });
  await visit.shot(form, "refused");
  await visit.fill(form, { "New password": PASSWORD }, "Your password is set");
  if (!(await visit.signIn(login.email, PASSWORD))) fail("the new password is not right");
  if (await visit.signIn(login.email, login.password)) fail("the old password is still right");
  await form.goto(link);
  await visit.fill(form, { "New password": PASSWORD }, "This link does not work any more");
}

async function acceptInvitation(visit, login, known) {
  const token = await visit.signIn(login.email, PASSWORD);
  const guest = `guest-${Date.now()}@test.example`;
  for (const [email, values] of [
    [guest, { "Your name": "Gwen Guest", "New password": PASSWORD }],
    [known.email, { Password: known.password }],
  ]) {
    const input = { email, roles: ["owner"] };
    const { memberInvite } = await visit.graphql(INVITE, { input }, token);
    if (memberInvite.userErrors.length) fail(JSON.stringify(memberInvite.userErrors));
    const page = await visit.follow(email, "invites you");
    await visit.fill(page, values, "Welcome");
  }
  if (!(await visit.signIn(guest, PASSWORD))) fail("the guest can not sign in");
}

async function main() {
  const [address, folder] = process.argv.slice(2);
  if (!address || !folder) fail("usage: node mails.mjs <base url> <screenshot folder>");
  const base = new URL(address);
  const executablePath = findChromium();
  const browser = await loadPlaywright().launch({ executablePath, headless: true });
  const faults = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1000, height: 800 } });
    const visit = new Visit(base, folder, context, faults);
    const config = await fetch(new URL("/graphiql/config.json", base));
    const [first, second] = (await config.json()).demoLogins;
    await verifyAddress(visit, first);
    await resetPassword(visit, first);
    await acceptInvitation(visit, first, second);
  } finally {
    await browser.close();
  }
  if (faults.flat().length > 0) fail(`faults on the pages:\n  ${faults.flat().join("\n  ")}`);
  console.log(`ok: mails of ${base.origin}, screenshots in ${folder}`);
}

main().catch((error) => {
  console.error(`FAILED: ${error.message}`);
  process.exit(1);
});
