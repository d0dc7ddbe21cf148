// GraphiQL's local storage without request headers: its history would keep
// tokens on disk otherwise.

export const storage = {
  get length() {
    return localStorage.length;
  },
  getItem: (key) => localStorage.getItem(key),
  removeItem: (key) => localStorage.removeItem(key),
  setItem: (key, value) => localStorage.setItem(key, withoutHeaders(value)),
  clear: () => localStorage.clear(),
};

function withoutHeaders(value) {
  if (!value.includes('"headers"')) return value;
  return JSON.stringify(JSON.parse(value), (key, part) => (key === "headers" ? undefined : part));
}
