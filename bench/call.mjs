/**
 * One request to the API as whoever sets something up makes it. Rejects unless it is accepted.
 * @param {string} url @param {string} method @param {string} path @param {object} body @param {string} [key]
 * @returns {Promise<Record<string, unknown>>}
 */
export async function call(url, method, path, body, key) {
  const headers = { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) };
  const answer = await fetch(new URL(path, url), { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return /** @type {Promise<Record<string, unknown>>} */ (answer.json());
}
