import type { Schemas } from "@/api/client";
import { Sparkline } from "@/features/figures/Sparkline";
import { SHORT } from "@/features/jobs/times";

interface Props {
  group: Pick<Schemas["ErrorGroup"], "bins" | "jobs">;
  /** The time that the bins divide. */
  from: string;
  to: string;
}

/** How a group's failures lie in the time; for whoever can't see it, where most of them are. */
export function ErrorLine({ group: { bins, jobs }, from, to }: Props) {
  const begin = Date.parse(from);
  const width = (Date.parse(to) - begin) / bins.length;
  const samples = bins.map((failed, place) => ({ at: begin + place * width, failed, completed: 0, cancelled: 0 }));
  const most = Math.max(...bins);
  const peak = begin + bins.indexOf(most) * width;
  const words = `${jobs.toLocaleString("en")} failed; most, ${most.toLocaleString("en")}, ${SHORT.formatRange(peak, peak + width)}`;
  return <Sparkline samples={samples} label={words} />;
}
