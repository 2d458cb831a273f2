/** Which post or message is being reported; the dialog is one for the whole page. */
import type { FileReport } from "$lib/api/types";

export interface ReportTarget {
  type: FileReport["subject_type"];
  id: string;
  about: string;
}

class Reporting {
  target = $state.raw<ReportTarget | null>(null);

  ask(target: ReportTarget): void {
    this.target = target;
  }

  done(): void {
    this.target = null;
  }
}

export const reporting = new Reporting();
