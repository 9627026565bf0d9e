/** The store cannot take a batch because of what is in it. Which row it is shows when it stands alone; nothing was done. */
export class RowsRefused extends Error {
  override readonly name = 'RowsRefused';
}
