import { Badge, Group, Tabs } from "@mantine/core";
import { IconPencilPlus, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { useMay } from "@/shell/me";
import { ButtonLink } from "@/ui/links";

import { reviewsQuery } from "./queries";

const PLACES = {
  articles: { label: "All articles", to: "/apps/articles" },
  reviews: { label: "To review", to: "/apps/articles/reviews" },
  plan: { label: "Daily round", to: "/apps/articles/plan" },
} as const;

type Place = keyof typeof PLACES;

/** The three lists of the app, with how many articles wait for a review. */
export function ArticlesNav({ at }: { at: Place }) {
  const navigate = useNavigate();
  const reviews = useQuery(reviewsQuery);
  const waiting = reviews.data?.length ?? 0;
  return (
    <Tabs
      value={at}
      mb="md"
      onChange={(next) => {
        if (next && next in PLACES) void navigate({ to: PLACES[next as Place].to });
      }}
    >
      <Tabs.List aria-label="Articles">
        {Object.entries(PLACES).map(([value, { label }]) => (
          <Tabs.Tab
            key={value}
            value={value}
            aria-controls="main"
            rightSection={
              value === "reviews" && waiting > 0 ? (
                <Badge size="sm" color="grape" aria-label={`${String(waiting)} waiting`}>
                  {waiting}
                </Badge>
              ) : undefined
            }
          >
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}

/** How an article comes to be. */
export function NewArticle() {
  const mayWrite = useMay("jobs:write");
  if (!mayWrite) return null;
  return (
    <Group gap="xs">
      <ButtonLink to="/apps/articles/new" variant="default" leftSection={<IconPencilPlus size={14} />}>
        Write by hand
      </ButtonLink>
      <ButtonLink to="/apps/articles/generate" leftSection={<IconSparkles size={14} />}>
        Generate
      </ButtonLink>
    </Group>
  );
}
