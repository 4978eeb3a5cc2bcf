import { Skeleton, Stack } from "@mantine/core";
import { Suspense, lazy } from "react";

const Rendered = lazy(async () => ({ default: (await import("./RenderedMarkdown")).RenderedMarkdown }));

/** Markdown as it reads; what renders it is loaded when it is first needed. */
export function Markdown({ text }: { text: string }) {
  const place = (
    <Stack gap="xs" role="status" aria-label="Loading">
      <Skeleton h={18} w="40%" />
      <Skeleton h={14} />
      <Skeleton h={14} w="80%" />
    </Stack>
  );
  return (
    <Suspense fallback={place}>
      <Rendered text={text} />
    </Suspense>
  );
}
