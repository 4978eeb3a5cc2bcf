import "@mantine/charts/styles.css";

import { BarChart } from "@mantine/charts";

import { money } from "@/lib/words";

import type { Day } from "./sums";

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

/** What each day cost. Loaded late: the charts' library is large. */
export function SpendChart({ days, height }: { days: Day[]; height: number }) {
  return (
    <BarChart
      h={height}
      data={days.map((day) => ({ ...day }))}
      dataKey="day"
      series={[{ name: "cost", label: "Cost", color: "water.6" }]}
      valueFormatter={(usd) => money(Math.round(usd * 1e9))}
      xAxisProps={{ tickFormatter: (day: string) => DAY.format(Date.parse(day)), minTickGap: 28 }}
      yAxisProps={{ width: 64 }}
      tickLine="none"
      barProps={{ isAnimationActive: false }}
    />
  );
}
