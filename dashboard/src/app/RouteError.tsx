import { Container } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";

import { reach } from "@/api/client";
import { Problem } from "@/api/problem";
import { ReachBanner } from "@/shell/ReachBanner";
import { ErrorState } from "@/ui/ErrorState";

/** What stands in the place of a screen that broke; the others go on. It is tried again when the server comes back. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = useCallback(() => {
    reset();
    void router.invalidate();
  }, [reset, router]);
  useEffect(() => reach.onReturn(retry), [retry]);
  const isAway = error instanceof Problem && error.isUnreachable;
  return (
    <Container size="sm" py="lg">
      {isAway ? <ReachBanner /> : <ErrorState problem={error} onRetry={retry} />}
    </Container>
  );
}
