import { useState } from 'preact/hooks';
import { readRoute, readSearch, writeRoute } from '../model/route.js';
import { DependencyPage } from './dependency-page.js';
import { DropZone } from './drop-zone.js';
import { Header } from './header.js';
import { Help } from './help.js';
import { ListPage } from './list/list-page.js';
import { navigate, useLocation } from './location.js';
import { useTheme } from './theme.js';
import { TracePage } from './trace/trace-page.js';
import { useKeys } from './use-keys.js';
import { addLocalTraces } from '../data/local-traces.js';

/** The page: what the address asks for, below what is always there. */
export function App() {
  const location = useLocation();
  const route = readRoute(location);
  const [theme, nextTheme] = useTheme();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [fileProblem, setFileProblem] = useState<string>();

  useKeys('anywhere', (command) => {
    if (command === 'help') setHelpOpen((open) => !open);
    else if (command === 'theme') nextTheme();
    else if (command === 'close' && isHelpOpen) setHelpOpen(false);
    else return false;
    return true;
  });

  const openFiles = async (files: readonly File[]): Promise<void> => {
    setFileProblem(undefined);
    const ids: string[] = [];
    for (const file of files) {
      try {
        ids.push(...addLocalTraces(await file.text(), file.name));
      } catch (error) {
        setFileProblem(
          `${file.name} cannot be read as spans. ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
    if (ids.length === 1) navigate(writeRoute({ page: 'trace', traceId: ids[0]! }));
    else if (ids.length > 1) navigate(writeRoute({ page: 'list' }));
  };

  return (
    <DropZone onFiles={openFiles}>
      <Header
        page={route.page}
        theme={theme}
        onTheme={nextTheme}
        onHelp={() => setHelpOpen(true)}
        onFiles={openFiles}
      />
      {fileProblem !== undefined && (
        <div class="notice bad" role="alert">
          <span class="said">{fileProblem}</span>
          <button type="button" class="plain" onClick={() => setFileProblem(undefined)}>
            Dismiss
          </button>
        </div>
      )}
      {route.page === 'list' && <ListPage search={location.search} />}
      {route.page === 'trace' && (
        <TracePage key={route.traceId} traceId={route.traceId} search={readSearch(location).toString()} />
      )}
      {route.page === 'dependencies' && <DependencyPage />}
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </DropZone>
  );
}
