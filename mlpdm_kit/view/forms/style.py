"""How forms look, in a light and in a dark theme, on a wide and on a narrow window."""

from __future__ import annotations

from mlpdm_kit.view.palette import CHOSEN, ML

STYLE = f"""<style>
.mlpdm-form {{max-width: 64rem; overflow: visible}}
.mlpdm-form .widget-label, .mlpdm-form .widget-label-basic {{
  width: auto; max-width: 100%; text-align: left; white-space: normal; height: auto;
  line-height: 1.35; color: var(--jp-content-font-color1)}}
.mlpdm-form .mlpdm-field {{margin: 0 0 0.9em; overflow: visible}}
.mlpdm-form .mlpdm-stacked {{
  flex-direction: column; align-items: stretch; height: auto; width: 100%; margin: 0;
  gap: 5px; overflow: visible}}
.mlpdm-form .mlpdm-stacked > .widget-label {{font-weight: 600}}
.mlpdm-form .mlpdm-row {{flex-wrap: wrap; gap: 0.4em 0.8em; overflow: visible;
  align-items: flex-end}}
.mlpdm-form .mlpdm-row + :is(.mlpdm-row, .mlpdm-stacked) {{margin-top: 0.5em}}
.mlpdm-form .mlpdm-row > .mlpdm-stacked {{width: auto; flex: 1 1 9em; min-width: 7em}}
.mlpdm-form .mlpdm-row > .mlpdm-stacked > .widget-label {{font-weight: normal; font-size: 0.9em}}
.mlpdm-form .mlpdm-row > .mlpdm-wide {{flex: 3 1 16em}}
.mlpdm-form input, .mlpdm-form select, .mlpdm-form textarea {{
  border: 1px solid var(--jp-border-color0, #767676) !important; border-radius: 3px;
  font-size: 1em !important}}
.mlpdm-form input, .mlpdm-form select:not([multiple]) {{
  height: 2.3em !important; line-height: 1.4 !important; flex: none !important}}
.mlpdm-form select[multiple] {{height: auto !important; flex: none !important}}
.mlpdm-form textarea {{min-height: 4.6em; font-family: inherit !important; flex: none !important}}
.mlpdm-form :is(input, select, textarea, button):focus-visible {{
  outline: 3px solid {CHOSEN} !important; outline-offset: 1px}}
.mlpdm-form :is(input:not([type=checkbox]), select, textarea):focus-visible {{
  outline-offset: -2px}}
.mlpdm-form.mlpdm-exercise > .mlpdm-stacked {{margin-bottom: 0.9em}}
.mlpdm-form .mlpdm-head {{font-weight: 600; margin: 0; line-height: 1.35}}
.mlpdm-form .mlpdm-help {{margin: 0; line-height: 1.35; font-size: 0.9em; opacity: 0.8}}
.mlpdm-form .mlpdm-echo {{margin: 0; font-size: 0.9em; line-height: 1.35}}
.mlpdm-form .mlpdm-fault {{
  margin: 0.2em 0; padding: 0.25em 0.7em; border-left: 5px solid {ML}; line-height: 1.4}}
.mlpdm-form .mlpdm-fault::before {{content: "✕ "; font-weight: bold}}
.mlpdm-form .mlpdm-lack {{margin: 0.1em 0; font-size: 0.9em; line-height: 1.35}}
.mlpdm-form .mlpdm-lack::before {{content: "○ "}}
.mlpdm-form .mlpdm-live {{
  margin: 0.2em 0; padding: 0.25em 0.7em; line-height: 1.4;
  border-left: 5px solid var(--jp-border-color0, #767676)}}
.mlpdm-form details.mlpdm-help {{opacity: 1}}
.mlpdm-form details.mlpdm-help > summary {{cursor: pointer}}
.mlpdm-form .mlpdm-block {{margin: 1.4em 0 0.4em; font-size: 1.15em; font-weight: 700}}
.mlpdm-form .mlpdm-bar {{
  gap: 0 0.6em; align-items: center; flex-wrap: wrap; margin: 0 0 0.6em; overflow: visible}}
.mlpdm-form button.widget-button {{height: auto; min-height: 2.3em; width: auto; padding: 0 1em}}
.mlpdm-form .widget-checkbox {{height: auto; min-height: 2.3em; align-items: center}}
.mlpdm-form .widget-checkbox label {{
  display: flex; align-items: center; gap: 0.6em; height: auto; white-space: normal;
  overflow: visible}}
.mlpdm-form .widget-checkbox {{overflow: visible}}
.mlpdm-form .widget-checkbox input {{
  width: 1.2em !important; height: 1.2em !important; margin: 0 0 0 5px}}
.mlpdm-form button.mlpdm-fold {{
  width: 100%; text-align: left; font-weight: 600; margin: 0.2em 0; white-space: normal;
  line-height: 1.4; padding: 0.3em 0.8em}}
.mlpdm-form .mlpdm-folded {{
  margin: 0.3em 0 0.8em; padding: 0.3em 0 0.2em 0.9em; overflow: visible;
  border-left: 2px solid var(--jp-border-color1, #b0b0b0)}}
.mlpdm-hide {{
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap}}
</style>"""
