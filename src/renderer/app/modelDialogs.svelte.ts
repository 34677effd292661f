/** The dialogs that export and import trained nets; they can be opened from every screen. */
export class ModelDialogs {
  /** The runs to export. */
  runs = $state.raw<readonly number[]>([]);
  exporting = $state(false);
  importing = $state(false);

  openExport(runs: readonly number[]): void {
    this.runs = [...runs];
    this.exporting = true;
  }

  openImport(): void {
    this.importing = true;
  }
}
