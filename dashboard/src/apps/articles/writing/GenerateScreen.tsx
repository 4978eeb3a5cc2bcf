import { Alert, Button, Card, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBraces, IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { api, ask } from "@/api/client";
import { CopyAs } from "@/features/forms/CopyAs";
import { useOnce } from "@/features/job/act/useOnce";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { useAct } from "@/ui/act";
import { TextLink } from "@/ui/links";

import classes from "../Articles.module.css";
import { BriefForm } from "./BriefForm";
import { LiveArticle } from "./LiveArticle";
import { NowWritten } from "./NowWritten";
import { briefOf, useBriefDraft } from "./brief";

const route = getRouteApi("/_app/apps/articles/generate");
const PATH = "/api/v1/articles/generations";

/** A brief at the left, and beside it the article as it is written. */
export function GenerateScreen() {
  const { job } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (id: string): void => void navigate({ search: { job: id }, resetScroll: false });
  return (
    <Page
      title="Generate an article"
      about={
        <>
          From a brief to a whole article, section by section.{" "}
          <TextLink to="/apps/articles" size="sm" underline="always">
            All articles
          </TextLink>
        </>
      }
    >
      <OfflineNote />
      <div className={classes.split}>
        <div>
          <Order onAccepted={show} />
          <NowWritten chosen={job} onChoose={show} />
        </div>
        <div className={classes.live}>
          {job ? (
            <LiveArticle key={job} jobId={job} onRetried={show} />
          ) : (
            <Card>
              <Empty title="Nothing is shown yet">
                Send a brief, and the outline and all sections show here side by side while they are written.
              </Empty>
            </Card>
          )}
        </div>
      </div>
    </Page>
  );
}

function Order({ onAccepted }: { onAccepted: (jobId: string) => void }) {
  const { draft, change, clear } = useBriefDraft("generate");
  const [isCode, code] = useDisclosure(false);
  const once = useOnce();
  const body = briefOf(draft);
  const act = useAct({
    act: () => ask(api.POST(PATH, { params: { header: { "idempotency-key": once.keyFor(body) } }, body })),
    keys: [["live"]],
    isQuiet: true,
    onDone: ({ job_id: id }) => {
      once.done();
      clear();
      onAccepted(id);
    },
  });
  return (
    <Card>
      <BriefForm
        draft={draft}
        onChange={change}
        onSend={() => act.mutate()}
        label="Write it"
        isBusy={act.isPending}
        problem={act.error}
        more={
          <Button variant="default" size="sm" leftSection={<IconBraces size={16} />} onClick={code.open}>
            Copy as
          </Button>
        }
      />
      <Modal opened={isCode} onClose={code.close} title="Have it written by a program" size="lg">
        <CopyAs call={{ method: "POST", path: PATH, body }} />
      </Modal>
    </Card>
  );
}

/** Says before anything is written that no model will be asked. */
function OfflineNote() {
  const health = useQuery({ queryKey: ["health"], queryFn: () => ask(api.GET("/health")), staleTime: 60_000 });
  if (!health.data?.ai_model.startsWith("offline:")) return null;
  return (
    <Alert color="orange" p="xs" mb="md" icon={<IconPlugConnected size={18} />}>
      <Text size="sm">
        No AI provider is set up, so the text will be placeholders, at no cost.{" "}
        <TextLink to="/ai/providers" size="sm" underline="always" c="inherit">
          Set one up
        </TextLink>
      </Text>
    </Alert>
  );
}
