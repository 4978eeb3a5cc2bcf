import { Badge } from "@mantine/core";

/** Draft or published. */
export function ArticleState({ state }: { state: string }) {
  return (
    <Badge color={state === "published" ? "teal" : "gray"} size="sm">
      {state}
    </Badge>
  );
}
