// The pages that links in mails lead to, where no dashboard has pages of its own.
// Nothing is done by opening one: programs that look at mails open links, too.

const token = new URLSearchParams(location.search).get("token") ?? "";
const page = location.pathname.split("/").filter(Boolean).pop();
const title = document.getElementById("title");
const lead = document.getElementById("lead");
const form = document.getElementById("form");

async function graphql(query, variables) {
  const response = await fetch("graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    credentials: "omit",
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors?.length) throw new Error(errors[0].message);
  return data;
}

function say(heading, text) {
  document.title = heading;
  title.textContent = heading;
  lead.textContent = text;
}

/** The end: the token is spent, so it need not stand in the history. */
function done(heading, text) {
  form.hidden = true;
  say(heading, text);
  history.replaceState(null, "", location.pathname);
}

function tooOld(page, what) {
  form.hidden = true;
  say("This link does not work any more", "It has been used or replaced, or is too old.");
  if (page) {
    const link = document.createElement("a");
    link.href = page;
    link.textContent = what;
    lead.append(" ", link, ".");
  }
}

/** Builds the form; `fields` are [name, label, attributes, hint]. */
function ask(fields, action, submit) {
  const inputs = new Map();
  form.replaceChildren();
  for (const [name, text, attributes, hint] of fields) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { name, required: true, ...attributes });
    label.append(text, input);
    if (hint) label.append(note(`${name}-hint`, "hint", hint));
    if (hint) input.setAttribute("aria-describedby", `${name}-hint`);
    form.append(label);
    inputs.set(name, input);
  }
  const button = document.createElement("button");
  button.textContent = action;
  form.append(button);
  form.hidden = false;
  inputs.values().next().value?.focus();
  form.onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    clear(inputs);
    try {
      const values = Object.fromEntries([...inputs].map(([name, input]) => [name, input.value]));
      blame(inputs, (await submit(values)) ?? []);
    } catch (error) {
      blame(inputs, [{ message: `${error.message}. Please try again.` }]);
    }
    button.disabled = false;
  };
}

function note(id, kind, text) {
  const span = document.createElement("span");
  span.id = id;
  span.className = kind;
  span.textContent = text;
  return span;
}

function clear(inputs) {
  for (const wrong of form.querySelectorAll(".wrong")) wrong.remove();
  for (const input of inputs.values()) input.removeAttribute("aria-invalid");
}

/** Puts each refusal beside the field that it names. */
function blame(inputs, errors) {
  for (const [index, { path, message }] of errors.entries()) {
    const input = inputs.get(path?.at(-1));
    const text = message.charAt(0).toUpperCase() + message.slice(1);
    const wrong = note(`wrong-${index}`, "wrong", text);
    wrong.setAttribute("role", "alert");
    if (input) {
      input.setAttribute("aria-invalid", "true");
      input.after(wrong);
      input.focus();
    } else {
      form.querySelector("button").before(wrong);
    }
  }
}

const isSpent = (errors) => errors.some(({ path }) => path?.at(-1) === "token");

const newPassword = (name) => [
  name, "New password",
  { type: "password", autocomplete: "new-password" },
  "10 to 200 characters",
];

async function verifyEmail() {
  say("Confirm your address", "Press the button to confirm that mail reaches you.");
  ask([], "Confirm address", async () => {
    const { emailVerify } = await graphql(
      `mutation($input: EmailVerifyInput!) { emailVerify(input: $input) {
        user { email } userErrors { message path } } }`, { input: { token } });
    if (isSpent(emailVerify.userErrors)) return tooOld();
    if (emailVerify.userErrors.length) return emailVerify.userErrors;
    done("Thank you", `${emailVerify.user.email} is confirmed. You can close this page.`);
  });
}

async function forgotPassword() {
  say("Forgotten your password?", "We send you a link by which you can set a new one.");
  const field = ["email", "E-mail address", { type: "email", autocomplete: "username" }];
  ask([field], "Send the link", async (input) => {
    const { passwordResetRequest } = await graphql(
      `mutation($input: PasswordResetRequestInput!) { passwordResetRequest(input: $input) {
        userErrors { message path } } }`, { input });
    if (passwordResetRequest.userErrors.length) return passwordResetRequest.userErrors;
    done("Look into your mailbox", `If there is an account with ${input.email}, a mail is on its
      way. Its link is good for 30 minutes.`);
  });
}

async function resetPassword() {
  say("Set a new password", "You will be signed out everywhere.");
  ask([newPassword("newPassword")], "Set password", async (input) => {
    const { passwordReset } = await graphql(
      `mutation($input: PasswordResetInput!) { passwordReset(input: $input) {
        userErrors { message path } } }`, { input: { token, ...input } });
    if (isSpent(passwordReset.userErrors)) {
      return tooOld("forgot-password", "Ask for a new one");
    }
    if (passwordReset.userErrors.length) return passwordReset.userErrors;
    done("Your password is set", "You can sign in with it now.");
  });
}

async function invitation() {
  const { invitationPreview: preview } = await graphql(
    `query($token: String!) { invitationPreview(token: $token) {
      dealerName email hasAccount } }`, { token });
  if (!preview) return tooOld();
  say(`${preview.dealerName} invites you`, preview.hasAccount
    ? `Give the password of your account ${preview.email} to accept.`
    : `Choose a name and a password for ${preview.email} to accept.`);
  const name = ["name", "Your name", { type: "text", autocomplete: "name" }];
  const present = ["password", "Password", { type: "password", autocomplete: "current-password" }];
  const fields = preview.hasAccount ? [present] : [name, newPassword("password")];
  ask(fields, "Accept the invitation", async (input) => {
    const { invitationAccept } = await graphql(
      `mutation($input: InvitationAcceptInput!) { invitationAccept(input: $input) {
        dealer { name } userErrors { message path } } }`, { input: { token, ...input } });
    if (isSpent(invitationAccept.userErrors)) return tooOld();
    if (invitationAccept.userErrors.length) {
      // What does not belong together is said of no field; here it is the password.
      return invitationAccept.userErrors.map(({ path, message }) =>
        ({ path: path ?? (preview.hasAccount ? ["password"] : null), message }));
    }
    done("Welcome", `You work with ${invitationAccept.dealer.name} now. Sign in as
      ${preview.email}.`);
  });
}

const pages = {
  "verify-email": verifyEmail,
  "forgot-password": forgotPassword,
  "reset-password": resetPassword,
  invitation,
};

pages[page]?.().catch((error) => say("This did not work", `${error.message}. Please try again.`));
