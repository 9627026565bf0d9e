/** What a unique index refused must be there to be read. */
export function found<V>(map: ReadonlyMap<string, V>, key: string): V {
  const value = map.get(key);
  // No row although the insert met one: the tenant is not at home here, so that nothing could be inserted either.
  if (value === undefined) throw new Error('neither inserted nor found: is the tenant known?');
  return value;
}
