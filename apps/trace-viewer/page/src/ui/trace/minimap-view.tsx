import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { minimapStrokes } from '../../model/minimap.js';
import { NO_SERVICE } from '../../model/row-services.js';
import { clampZoom, isWhole, WHOLE } from '../../model/zoom.js';
import type { Zoom } from '../../model/zoom.js';
import { readPaintColours } from '../colours.js';
import { useColoursChanged } from '../theme.js';
import type { TraceViewModel } from './use-trace-view.js';

const HEIGHT = 56;
/** A drag of fewer pixels is a click. */
const LEAST_DRAG = 4;

function percent(share: number): string {
  return `${share * 100}%`;
}

/** The whole trace in a strip; drag to choose the time that is shown below. */
export function Minimap({ trace: { model, zoom: current, setZoom } }: { readonly trace: TraceViewModel }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{
    readonly kind: 'new' | 'from' | 'to';
    readonly start: number;
    readonly zoom: Zoom;
  }>();

  const paint = useCallback(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const width = element.clientWidth;
    element.width = Math.max(1, Math.round(width * ratio));
    element.height = HEIGHT * ratio;
    context.scale(ratio, ratio);
    const colours = readPaintColours();
    for (const stroke of minimapStrokes(model, width, HEIGHT - 8)) {
      context.fillStyle = stroke.isError
        ? colours.error
        : colours.service(model.facts[stroke.row]!.serviceName ?? NO_SERVICE);
      context.fillRect(
        stroke.x,
        stroke.y + 4,
        stroke.width,
        stroke.isError ? Math.max(stroke.height, 2) : stroke.height,
      );
    }
  }, [model]);
  useLayoutEffect(paint, [paint]);
  useColoursChanged(paint);
  useEffect(() => {
    const observer = new ResizeObserver(paint);
    if (canvas.current) observer.observe(canvas.current);
    return () => observer.disconnect();
  }, [paint]);

  const shareAt = (event: PointerEvent): number => {
    const { left, width } = strip.current!.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - left) / width, 0), 1);
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const target = event.target as HTMLElement;
    const kind = target.classList.contains('from') ? 'from' : target.classList.contains('to') ? 'to' : 'new';
    strip.current!.setPointerCapture(event.pointerId);
    setDrag({ kind, start: shareAt(event), zoom: current });
  };
  const move = (event: PointerEvent): void => {
    if (!drag) return;
    const at = shareAt(event);
    const zoom =
      drag.kind === 'from'
        ? { from: at, to: current.to }
        : drag.kind === 'to'
          ? { from: current.from, to: at }
          : { from: drag.start, to: at };
    setDrag({ ...drag, zoom });
    if (drag.kind !== 'new' && zoom.from < zoom.to) setZoom(clampZoom(zoom));
  };
  const end = (event: PointerEvent): void => {
    if (!drag) return;
    const pixels = Math.abs(shareAt(event) - drag.start) * strip.current!.clientWidth;
    if (drag.kind === 'new' && pixels >= LEAST_DRAG) setZoom(clampZoom(drag.zoom));
    setDrag(undefined);
  };

  const shown =
    drag?.kind === 'new'
      ? { from: Math.min(drag.zoom.from, drag.zoom.to), to: Math.max(drag.zoom.from, drag.zoom.to) }
      : current;
  return (
    <div class="minimap-line">
      <div class="minimap-names">{isWhole(current) ? 'Drag to zoom' : 'Double-click for all'}</div>
      <div
        class="minimap"
        ref={strip}
        title="Drag to zoom, double-click to see all"
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={() => setDrag(undefined)}
        onDblClick={() => setZoom(WHOLE)}
      >
        <canvas ref={canvas} role="img" aria-label="The whole trace, small" />
        {(!isWhole(shown) || drag) && (
          <>
            <i class="shade" style={{ left: 0, width: percent(shown.from) }} />
            <i class="shade" style={{ left: percent(shown.to), width: percent(1 - shown.to) }} />
            <i class="handle from" style={{ left: percent(shown.from) }} />
            <i class="handle to" style={{ left: percent(shown.to) }} />
          </>
        )}
      </div>
    </div>
  );
}
