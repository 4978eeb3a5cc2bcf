import { Button, Center } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect } from "react";

interface Props {
  hasMore: boolean;
  isLoading: boolean;
  /** The last page could not be had: it is asked for again only by the button. */
  hasFailed?: boolean;
  onMore: () => void;
}

/** The end of a list that is loaded page by page: the next page comes when one gets there, or by the button. */
export function More({ hasMore, isLoading, hasFailed = false, onMore }: Props) {
  const { ref, entry } = useIntersection({ rootMargin: "200px" });
  const isReached = entry?.isIntersecting === true && hasMore && !isLoading && !hasFailed;
  useEffect(() => {
    if (isReached) onMore();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once each time the end is reached
  }, [isReached]);
  return (
    <Center ref={ref} mih={hasMore ? 48 : 0}>
      {hasMore && (
        <Button variant="default" loading={isLoading} onClick={onMore}>
          {hasFailed ? "Try again" : "Load more"}
        </Button>
      )}
    </Center>
  );
}
