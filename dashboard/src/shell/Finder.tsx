import "@mantine/spotlight/styles.css";

import { Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { IconBolt, IconHash, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { api, ask } from "@/api/client";

import { useMe } from "./me";
import { placesFor } from "./places";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** ⌘K: screens, tasks to run, and a job by its id. */
export function Finder() {
  const navigate = useNavigate();
  const me = useMe();
  const [text, setText] = useState("");
  const tasks = useQuery({ queryKey: ["tasks"], queryFn: () => ask(api.GET("/api/v1/tasks")), staleTime: 60_000 });

  const go = (to: string) => () => void navigate({ to });
  const jobs = ID.test(text.trim())
    ? [
        {
          id: "job",
          label: `Job ${text.trim()}`,
          keywords: text,
          leftSection: <IconHash size={18} />,
          onClick: go(`/jobs/${text.trim()}`),
        },
      ]
    : [];
  const groups: SpotlightActionGroupData[] = [
    { group: "Job", actions: jobs },
    {
      group: "Go to",
      actions: placesFor(me?.permissions).map((place) => ({
        id: place.to,
        label: place.label,
        description: place.about,
        leftSection: <place.icon size={18} stroke={1.6} />,
        onClick: go(place.to),
      })),
    },
    {
      group: "Run a task",
      actions: (tasks.data ?? []).map((task) => ({
        id: `task:${task.name}`,
        label: task.name,
        description: task.description.split("\n")[0],
        leftSection: <IconBolt size={18} stroke={1.6} />,
        onClick: go(`/tasks/${task.name}`),
      })),
    },
  ];
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      query={text}
      onQueryChange={setText}
      shortcut={null}
      nothingFound="Nothing of that name. A job is found by its whole id."
      highlightQuery
      scrollable
      maxHeight={420}
      attributes={{ content: { "aria-label": "Find anything" } }}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: "A screen, a task, a job's id",
        "aria-label": "Find",
      }}
    />
  );
}
