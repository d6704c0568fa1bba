/**
 * `<script src="https://weft.example/widget.js"></script>`: defines the element; its frame is of the script's origin.
 * @module
 */
import { defineWeftChat } from './index.ts'

const script = document.currentScript
if (script instanceof HTMLScriptElement) defineWeftChat({ origin: script.src })
