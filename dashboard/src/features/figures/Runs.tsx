import { Center, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy } from "react";

import { ErrorState } from "@/ui/ErrorState";

import { runsQuery } from "./queries";
import { SPANS, type Span, endedOf, samplesOf } from "./series";

const RunCharts = lazy(async () => ({ default: (await import("./RunCharts")).RunCharts }));

const HEIGHT = 230;

/** The charts of a task's runs, or of all; their place is kept while they are on their way. */
export function Runs({ span, task, columns = 2 }: { span: Span; task?: string; columns?: number }) {
  const query = useQuery(runsQuery(span, task));
  if (query.isError && !query.data) return <ErrorState problem={query.error} onRetry={() => void query.refetch()} />;
  const height = { base: 2 * HEIGHT, md: columns === 1 ? 2 * HEIGHT : HEIGHT };
  const place = <Skeleton h={height} role="status" aria-label="Loading" />;
  if (!query.data) return place;
  if (endedOf(query.data.total) === 0 && query.data.total.duration_ms === null) {
    return (
      <Center h={HEIGHT}>
        <Text c="dimmed" size="sm">
          No run ended in {SPANS[span].words}.
        </Text>
      </Center>
    );
  }
  return (
    <Suspense fallback={place}>
      <RunCharts samples={samplesOf(query.data, query.data.points)} span={span} columns={columns} />
    </Suspense>
  );
}
