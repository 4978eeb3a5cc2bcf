import "@mantine/charts/styles.css";

import { BarChart, LineChart } from "@mantine/charts";
import { Box, SimpleGrid, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { count, took } from "@/lib/words";

import type { Sample, Span } from "./series";

const HEIGHT = 200;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric" });
const BOTH = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });

interface Props {
  samples: Sample[];
  span: Span;
  columns?: number;
}

/** How many jobs ended and how long runs took. Loaded late: the charts' library is large. */
export function RunCharts({ samples, span, columns = 2 }: Props) {
  const axis = {
    tickFormatter: (at: number) => (span === "7d" ? DAY : CLOCK).format(at),
    minTickGap: 32,
    interval: "preserveStartEnd" as const,
  };
  const shared = {
    h: HEIGHT,
    data: samples.map((sample) => ({ ...sample })),
    dataKey: "at",
    xAxisProps: axis,
    yAxisProps: { width: 56, allowDecimals: false },
    tooltipProps: { labelFormatter: (at: ReactNode) => (typeof at === "number" ? BOTH.format(at) : "") },
    tickLine: "none" as const,
    withLegend: true,
  };
  return (
    <SimpleGrid cols={{ base: 1, md: columns }}>
      <Figure title="Jobs ended">
        <BarChart
          {...shared}
          type="stacked"
          valueFormatter={count}
          series={[
            { name: "completed", color: "teal.6" },
            { name: "failed", color: "red.6" },
            { name: "cancelled", color: "gray.5" },
          ]}
          barProps={{ isAnimationActive: false }}
        />
      </Figure>
      <Figure title="Time of a run">
        <LineChart
          {...shared}
          valueFormatter={took}
          connectNulls
          curveType="linear"
          yAxisProps={{ width: 56, tickFormatter: roughly }}
          withDots={samples.length <= 60}
          dotProps={{ r: 2 }}
          series={[
            { name: "p50", color: "water.4" },
            { name: "p95", color: "orange.6" },
            { name: "p99", color: "grape.6" },
          ]}
          lineProps={{ isAnimationActive: false }}
        />
      </Figure>
    </SimpleGrid>
  );
}

/** "45 s", "13 min": as much as an axis needs. */
function roughly(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 120_000) return `${String(Math.round(ms / 100) / 10)} s`;
  if (ms < 7_200_000) return `${String(Math.round(ms / 60_000))} min`;
  return `${String(Math.round(ms / 3_600_000))} h`;
}

function Figure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" aria-label={title} miw={0}>
      <Title order={3} mb="xs">
        <Text span inherit>
          {title}
        </Text>
      </Title>
      {children}
    </Box>
  );
}
