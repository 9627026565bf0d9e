/** A page of tenants at most so long. */
export const TENANTS_PAGE = 500;

/** All pages of a list of tenants that is sorted and read from behind a tenant on. */
export async function* tenantPages(
  read: (after: string, limit: number) => Promise<readonly { readonly tenant_id: string }[]>,
): AsyncGenerator<readonly string[]> {
  for (let after = ''; ;) {
    const page = (await read(after, TENANTS_PAGE)).map(({ tenant_id }) => tenant_id);
    if (page.length > 0) yield page;
    if (page.length < TENANTS_PAGE) return;
    after = page.at(-1) ?? after;
  }
}
