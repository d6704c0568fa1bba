"""Facts about Weft: data only.

A fact is (form of the question, topics separated by |, answer with [a|b] choices). The form gives
the ways to ask. What a later release brings is said to come later.
"""

FRAMES = {
    "what": [
        "what is {}?",
        "what's {}?",
        "what is {} in Weft?",
        "tell me about {}.",
        "explain {}.",
        "can you explain {}?",
        "what does {} mean?",
        "please describe {}.",
        "I do not understand {}.",
        "what do you know about {}?",
        "{}?",
        "help me understand {}.",
        "could you tell me what {} is?",
    ],
    "how": [
        "how do I {}?",
        "how can I {}?",
        "how to {}?",
        "I want to {}.",
        "I would like to {}. What do I do?",
        "tell me how to {}.",
        "what is the way to {}?",
        "please help me {}.",
        "can you show me how to {}?",
        "is there a way to {}?",
        "how does one {}?",
        "what must I do to {}?",
        "explain how to {}.",
    ],
    "when": [
        "what happens when {}?",
        "what happens if {}?",
        "what if {}?",
        "and if {}?",
        "what does Weft do when {}?",
        "tell me what happens when {}.",
        "is it a problem if {}?",
        "what will happen if {}?",
        "suppose {}. What then?",
        "explain what happens when {}.",
    ],
    "can": [
        "can {}?",
        "could {}?",
        "is it possible that {}?",
        "tell me, can {}?",
        "I wonder, can {}?",
        "please tell me: can {}?",
        "in Weft, can {}?",
        "do you know whether {} can do this: yes or no, can {}?",
        "hello, can {}?",
    ],
    "raw": [
        "{}?",
        "tell me, {}?",
        "please tell me, {}?",
        "I want to know: {}?",
        "hello, {}?",
        "quick question: {}?",
        "in Weft, {}?",
        "could you say {}?",
        "{}",
    ],
}

FACTS = [
    (
        "what",
        "Weft|the Weft network|this network",
        "[Weft is an inference network made of browser tabs.|Weft is a network of browser tabs that run "
        "AI models together.|Weft joins browser tabs into one network that runs open models.] [Anyone can"
        " open a page and let their GPU serve open-weight models.|You open a page, ask something, and "
        "another tab with a GPU answers.|Each tab can ask, or lend its GPU to serve open models.]",
    ),
    (
        "raw",
        "how does Weft work|how does the network work|how does it all work|how does it work|how does this"
        " work|how does this page work",
        "[A prompt goes from your tab to a tab with a GPU.|Your tab sends the prompt to another tab that "
        "has a GPU.|Your prompt travels from your tab directly to another tab.] [That tab runs the model "
        "and streams the answer back token by token.|That node runs the model and sends each token back "
        "as it is made.] [When nobody is online, I answer in your own tab.|Without any other tab, the "
        "small model in your own tab answers.]",
    ),
    (
        "raw",
        "who are you in Weft|which model are you|what model am I talking to|are you a big model|how big "
        "are you|how many parameters do you have|what is Bobbin",
        "[I am Bobbin, the small offline model inside Weft.|I am Bobbin, the tiny model that ships with "
        "Weft.|I am Bobbin, the little built-in model of Weft.] [I have only about two million "
        "parameters, so I can tell simple stories and answer simple questions.|I run in your own tab and "
        "I know only simple things.] [For harder questions, choose a bigger model from the "
        "network.|Connect to the network to use a larger model.]",
    ),
    (
        "how",
        "contribute my GPU|share my GPU|lend my graphics card|become a worker|become a node|serve models "
        "from my tab|join as a GPU provider|help with my computer|contribute",
        "[Open the Contribute page, pick a model, and switch serving on.|Open Weft in a tab, choose to "
        "contribute, and pick a model.|Choose Contribute on the Weft page.] [Your tab loads the model on "
        "your GPU|The tab then loads the model files] [and starts to take requests from other tabs.|and "
        "answers requests from other tabs.] [Keep the tab open while you serve.|You can stop at any time "
        "by closing the tab.]",
    ),
    (
        "what",
        "a worker|a node|a provider tab|a GPU tab|a worker tab",
        "[A node is a tab that lends its GPU.|A worker is a tab that runs a model for other people.|A "
        "node is a browser tab that runs a model for other people.] [It loads an open-weight model, "
        "answers prompts, and streams the tokens back.|It receives prompts, runs the model, and sends "
        "each token back.]",
    ),
    (
        "what",
        "a verifier|the verifier role|a verifier tab|verification",
        "[In the design of Weft, a verifier is a tab that checks the work of other tabs.|A verifier is "
        "meant to check that a node really ran the model it promised.] [It repeats a part of the "
        "computation and compares the result.|It runs part of the same work again and compares the "
        "numbers.] [This comes in a later release.|It is planned for a later release.]",
    ),
    (
        "how",
        "become a verifier|verify work|check the work of others|help verify answers",
        "[The verifier role comes in a later release.|You cannot choose the verifier role yet.] [In the "
        "design, your tab then receives small pieces of work to repeat and compare.|The design is that "
        "your tab repeats parts of the work of other tabs and compares the results.]",
    ),
    (
        "raw",
        "what does a verifier do|what is the job of a verifier|what do verifiers check",
        "[In the design, a verifier repeats a part of the work of another tab|In the design, a verifier "
        "runs some steps of the model again] [and compares the numbers.|and checks that the results "
        "match.] [This comes in a later release.|It is planned for a later release.]",
    ),
    (
        "what",
        "an activation fingerprint|a fingerprint|the fingerprint of an answer",
        "[An activation fingerprint is a short summary of the numbers inside the model while it "
        "answers.|A fingerprint is a small sample of the hidden numbers of the model.] [With it a "
        "verifier can compute the numbers again and compare.|If another tab gets nearly the same "
        "fingerprint, the work was probably done with the right model.]",
    ),
    (
        "what",
        "a data bringer|the data role|an oracle tab|outside data|the data provider role|a data node",
        "[In the design, some tabs bring in data from outside the network.|A data node is meant to fetch "
        "facts from the outside world.] [It signs what it saw together with a note about the "
        "source.|Other tabs can fetch the same source and compare.] [This comes in a later release.|It is"
        " planned for a later release.]",
    ),
    (
        "how",
        "bring outside data into Weft|provide data|add outside data to a prompt",
        "[The data role comes in a later release.|You cannot bring in outside data yet.] [In the design, "
        "your tab fetches the data and signs it with its source|The design is that a tab fetches the "
        "data] [so that others can check it.|and other tabs compare it.]",
    ),
    (
        "what",
        "a file keeper|a keeper|a storage tab|the keeper role|a model keeper|a storage node",
        "[A keeper is a tab that stores pieces of model files for other tabs.|A file keeper keeps pieces "
        "of model files.] [Other tabs can fetch the pieces from it instead of from a far server.|It hands"
        " the pieces to tabs that need them.] [Each piece is checked by its hash.|A hash shows that a "
        "piece is unchanged.]",
    ),
    (
        "how",
        "keep model files|store model files|become a keeper|seed a model",
        "[A tab that has loaded a model keeps its files in the browser.|Your browser keeps the files of a"
        " model that you have loaded.] [A role for keeping files for others is planned for a later "
        "release.|Being paid for keeping files comes in a later release.]",
    ),
    (
        "what",
        "the relay|a relay|the relay server|the light relay",
        "[The relay is a light server that introduces tabs to each other.|The relay helps tabs find each "
        "other.] [After the introduction the tabs talk directly over WebRTC.|Then the tabs speak directly"
        " with WebRTC.] [The relay does not run models.|It does not compute answers.]",
    ),
    (
        "raw",
        "what does the relay see|what can the relay see|can the relay read my prompt|does the relay know "
        "my prompt|is my prompt sent to the relay",
        "[The relay sees that tabs are online and who asks to meet whom.|The relay sees connection "
        "messages and network addresses.] [Your prompt goes directly between the tabs over an encrypted "
        "channel,|Prompts and answers travel directly between tabs,] [so the relay is not meant to read "
        "it.|and not through the relay.]",
    ),
    (
        "raw",
        "who can see my prompt|is my prompt private|are my prompts private|who reads my prompt|is my data"
        " private|is this private|is it private|can others read my prompt|is my chat private",
        "[The node that answers must read your prompt,|The tab that runs the model sees your prompt,] [so"
        " do not send secrets.|so never send passwords or secrets.] [In local mode nothing leaves your "
        "own tab.|Use local mode and the prompt stays on your own computer.]",
    ),
    (
        "what",
        "WebRTC in Weft|the peer connection|the direct connection",
        "[WebRTC lets two browser tabs talk directly.|WebRTC is the way tabs send data to each other.] "
        "[Weft uses it to carry prompts and tokens between tabs.|In Weft it carries the prompt to the "
        "worker and the tokens back to you.] [The channel is encrypted.|The connection is encrypted "
        "between the two tabs.]",
    ),
    (
        "what",
        "WebGPU in Weft|the role of WebGPU",
        "[WebGPU lets a web page use your graphics chip.|WebGPU gives the page access to the GPU.] [Weft "
        "uses it to run models fast in a tab.|With it a tab can run a model without any installation.]",
    ),
    (
        "raw",
        "how do I pay|how does payment work|how do payments work|how am I charged|how does paying "
        "work|how is payment made|do I have to pay",
        "[You do not pay anything yet.|Weft takes no payments yet.] [In the design, you make one deposit "
        "from your wallet, and each token is paid from it.|The plan is one deposit, and then small "
        "payments per token without pop-ups.] [Payments come in a later release.|This comes in a later "
        "release.]",
    ),
    (
        "raw",
        "what is pay per token|what does pay per token mean|why do I pay per token|what do I pay for",
        "[Pay per token is a plan for a later release.|Nothing is paid yet.] [It means that you pay only "
        "for the tokens that you receive.|It means that every piece of text has a small price.] [A short "
        "answer then costs less than a long one.|If the answer stops early, you pay only for what "
        "arrived.]",
    ),
    (
        "raw",
        "why is there no pop-up|why do I not see a wallet pop-up|will my wallet ask me every time|do I "
        "need to confirm every payment|how often must I sign",
        "[There are no payments yet.|No payment is needed yet.] [In the design, you confirm one deposit "
        "at the start, and small payments are signed in the background.|The plan is that you sign once, "
        "for a deposit, and then the page pays for each token from it.]",
    ),
    (
        "what",
        "the deposit|a deposit",
        "[In the design, the deposit is the amount you set aside from your wallet.|A deposit will be "
        "money that you lock once so that tokens can be paid without pop-ups.] [Nodes are then paid from "
        "it token by token, and the unused part stays yours.|You can take back the unused part.] "
        "[Payments come in a later release.|There are no deposits yet.]",
    ),
    (
        "how",
        "get my deposit back|withdraw my deposit|take back unused money|get a refund",
        "[There are no deposits yet.|Payments come in a later release, so there is no deposit now.] [In "
        "the design, the part that you did not spend returns to your wallet after a waiting time.|The "
        "plan is that unused money goes back to your wallet after a waiting time.]",
    ),
    (
        "how",
        "connect my wallet|use my wallet|add a wallet",
        "[Wallets come in a later release.|You do not need a wallet yet.] [In the design, you connect a "
        "wallet once and approve one deposit.|The plan is one wallet signature for a deposit, and no "
        "pop-ups after that.]",
    ),
    (
        "raw",
        "do I need a wallet|can I use Weft without a wallet|is a wallet needed|must I have crypto",
        "[No, you do not need a wallet.|No wallet is needed.] [I run in your own tab for free.|The small "
        "model runs in your tab and costs nothing.] [A wallet is planned for paying nodes in a later "
        "release.|Payments and wallets come in a later release.]",
    ),
    (
        "how",
        "earn money|earn with my GPU|get paid|make money with Weft",
        "[You cannot earn money with Weft yet.|Weft does not pay yet.] [In the design, a node is paid a "
        "little for every token that it sends.|Payments for nodes are planned for a later release.] "
        "[There is no promise about how much anyone will earn.|Nobody can promise how much that will be.]",
    ),
    (
        "raw",
        "how much can I earn|how much will I earn|how much money do I make",
        "[Nothing yet, because payments come in a later release.|Weft does not pay yet.] [Later it will "
        "depend on your GPU, on prices, and on how many people ask.|Then it depends on demand, on prices,"
        " and on the speed of your GPU.] [Nothing is promised.|There is no guarantee.]",
    ),
    (
        "raw",
        "how much does it cost|what is the price|what does a token cost|how expensive is it",
        "[It costs nothing now.|Now it is free.] [Prices per token are planned for a later release, and "
        "the page will show them before you send.|In a later release each node sets a price per token, "
        "and you see it before you send.]",
    ),
    (
        "when",
        "a tab closes in the middle of an answer|the worker closes its tab|a worker goes offline "
        "mid-answer|the tab that answers me disappears|a peer leaves during an answer|a node closes its "
        "tab",
        "[Another tab continues the answer.|Then another node takes over.] [It receives the prompt and "
        "the tokens so far, and goes on from there.|It gets the tokens that were already sent and "
        "continues from the last one.] [You may notice a short pause.|Only a short pause is to be seen.]",
    ),
    (
        "when",
        "I close my tab|I close the page|I close my browser",
        "[If you were serving, your tab leaves the network and another tab takes over.|Your tab leaves "
        "the network.] [If you were asking, the answer stops.|Work in progress is continued by another "
        "tab if there is one.]",
    ),
    (
        "when",
        "no worker is online|nobody is online|there are no peers|no tabs are available",
        "[Then the small offline model answers in your own tab.|Then I answer you myself, because I am "
        "inside the page.] [Bigger models need at least one worker with a GPU.|You can try again later "
        "for a bigger model.]",
    ),
    (
        "when",
        "I have no internet|I am offline|the internet is down|my connection is lost",
        "[I still work, because I run inside your tab.|You can still talk to me.] [The small model is "
        "part of the page and needs no network.|I am small, but I need no connection.] [For bigger models"
        " you need to be online.|The bigger models come back when you are online again.]",
    ),
    (
        "when",
        "the relay is down|the relay fails|the relay goes offline",
        "[Tabs that are already connected can go on talking.|Open connections between tabs continue.] "
        "[New tabs cannot find peers through that relay until it is back or another relay is used.|New "
        "introductions must wait or use another relay.]",
    ),
    (
        "when",
        "a worker cheats|a worker lies|someone sends a wrong answer|a worker uses a smaller model",
        "[Checking is not finished yet, so a node can still lie.|In this release you must trust the node "
        "that answers.] [In the design, verifiers repeat parts of the work and compare fingerprints.|The "
        "plan is that verifiers repeat random parts of the work.] [No check is perfect.|Checks are "
        "samples, so they lower the risk but do not remove it.]",
    ),
    (
        "raw",
        "what is not guaranteed|what does Weft not guarantee|what are the limits of Weft|what can go "
        "wrong|what are the risks",
        "[Weft does not guarantee that an answer is true,|It is not guaranteed that an answer is right,] "
        "[that a node is always online, or that your prompt stays secret from the node.|that a peer stays"
        " online, or that a node forgets your prompt.] [Use local mode for anything secret.|In local mode"
        " the prompt stays in your tab.]",
    ),
    (
        "raw",
        "are the answers correct|can I trust the answers|are answers always true|is the answer guaranteed"
        " to be right",
        "[No. A model can be wrong.|No, models make mistakes.] [Even a checked computation does not make "
        "the words true.|Nobody checks the truth of the words.] [Check important facts yourself.|Please "
        "check important things yourself.]",
    ),
    (
        "raw",
        "what models can I run|which models can I use|which models are supported|what models are "
        "there|which models does Weft serve",
        "[You can run open-weight models that fit on the GPUs of the tabs.|Weft serves open-weight "
        "language models in ONNX format.] [The model list on the page shows what is offered now.|Look at "
        "the model list on the page.] [The smallest one, me, is always there.|I am the small one that is "
        "always included.]",
    ),
    (
        "what",
        "an open-weight model|open weights|open-weight models",
        "[An open-weight model is a model whose numbers anyone may download.|Open weights means that the "
        "learned numbers of a model are published.] [So any tab can run it and any tab can check it.|That"
        " is why different tabs can run the same model and compare results.]",
    ),
    (
        "what",
        "the offline model|the embedded model|the default model|the local model",
        "[That is me, a very small model inside the page.|The offline model is a tiny language model that"
        " ships with Weft.] [I run in your own tab without internet.|It runs in your own tab and needs no"
        " connection.] [I can tell simple stories and answer simple questions.|It is good for short "
        "stories and first steps.]",
    ),
    (
        "what",
        "a receipt|a Weft receipt|the receipt",
        "[A receipt is a signed note about one piece of work.|A receipt is a small signed record of an "
        "answer.] [It names the model, the node, and hashes of the prompt and the answer.|It says which "
        "node ran which model and how many tokens were made.] [You can keep it and check it later.|Others"
        " can check the signature.]",
    ),
    (
        "how",
        "check a receipt|verify a receipt|read a receipt",
        "[Look at the receipt under an answer.|Open the receipt of an answer in the page.] [It shows who "
        "did the work, with which model, and a signature.|The signature shows which node made the "
        "answer.] [A good receipt does not mean that the answer is true.|If one letter was changed, the "
        "signature no longer fits.]",
    ),
    (
        "how",
        "embed the widget|add Weft to my website|put the chat on my own page|use the Weft widget|embed "
        "Weft",
        "[The widget comes in a later release.|There is no widget yet.] [The plan is one script tag that "
        "puts a small chat box on your own page.|In the design, you add it to your page with one script "
        "tag.]",
    ),
    (
        "what",
        "the widget|the Weft widget|the embed widget",
        "[The widget will be a small chat box for your own website.|The widget is planned to put Weft on "
        "any web page.] [In the design, you add it with one script tag.|One line of code will add it.] "
        "[This comes in a later release.|It is planned for a later release.]",
    ),
    (
        "what",
        "an inference network|inference|inference in Weft",
        "[Inference means running a model to get an answer.|Inference is the work a model does to answer "
        "a prompt.] [An inference network shares this work among many computers.|In Weft, browser tabs "
        "share this work.]",
    ),
    (
        "what",
        "a peer|peers|a peer tab",
        "[A peer is another tab in the network.|Peers are the tabs of other people.] [Peers talk directly"
        " to each other over WebRTC.|Each peer can ask or serve.]",
    ),
    (
        "raw",
        "what roles are there|what roles can a tab have|what can a tab do|which roles can I choose",
        "[A tab can ask, and it can serve models with its GPU.|There are two roles now: asking and "
        "serving.] [Verifying work, bringing in outside data and keeping files are planned for "
        "later.|Later releases add verifying, bringing data and keeping files.]",
    ),
    (
        "how",
        "start|get started|begin with Weft|use Weft|try Weft",
        "[Open the page and type a prompt.|Just type a prompt in the box.] [I can answer at once without "
        "internet.|The small offline model answers first.] [Then choose a bigger model, or contribute "
        "your GPU.|When you want more, pick a bigger model from the network.]",
    ),
    (
        "how",
        "ask a bigger model|use a larger model|choose a model|pick another model",
        "[Open the model list and choose a larger model.|Choose a bigger model in the model list.] [Weft "
        "finds a tab that serves it.|The network looks for a node that has it.] [The answer then streams "
        "to you token by token.|Then the tokens come to you one by one.]",
    ),
    (
        "how",
        "install Weft|download Weft|set up Weft",
        "[You do not need to install anything.|There is nothing to install.] [Weft runs in the "
        "browser.|Just open the page in a modern browser.] [A GPU helps if you want to serve bigger "
        "models.|For serving you need a browser with WebGPU.]",
    ),
    (
        "raw",
        "which browser do I need|what browser works|does Weft work in my browser|which browsers are "
        "supported",
        "[A modern browser is enough to ask.|Use a modern browser.] [To serve models with your GPU, the "
        "browser must support WebGPU.|For contributing a GPU you need WebGPU support.] [The small model "
        "also runs without a GPU.|I also run on the processor alone.]",
    ),
    (
        "raw",
        "do I need a GPU|can I use Weft without a GPU|is a GPU needed|what if I have no GPU",
        "[No, you can ask without a GPU.|You do not need a GPU to ask questions.] [A GPU is needed only "
        "to serve bigger models.|You need one only when you want to serve bigger models.] [The small "
        "model also runs on the processor alone.|I run on the processor alone, too.]",
    ),
    (
        "raw",
        "does it work on a phone|can I use Weft on my phone|does Weft run on mobile|can my phone join",
        "[You can open Weft on a phone and ask questions.|A phone can ask questions and run the small "
        "model.] [Serving bigger models needs more memory and power than most phones have.|For serving, a"
        " computer with a good GPU is better.]",
    ),
    (
        "raw",
        "will it slow down my computer|does serving slow my computer|does contributing use a lot of "
        "power|does it use much battery",
        "[Serving a model uses your GPU and needs power.|While you serve, your GPU works hard.] [You can "
        "pause or close the tab at any time.|Stop it at any time by closing the tab.] [Asking alone needs"
        " very little.|Only asking is light.]",
    ),
    (
        "how",
        "stop contributing|stop serving|leave the network|pause my tab",
        "[Press stop on the page or close the tab.|Close the tab or press stop.] [Another tab continues "
        "any answer that was not finished.|Unfinished answers move to another tab.]",
    ),
    (
        "raw",
        "is Weft free|does Weft cost money|is it free|does it cost anything",
        "[Yes, it is free now.|Yes, talking to me is free.] [Payments per token for bigger models are "
        "planned for a later release.|In a later release, bigger models are paid per token.]",
    ),
    (
        "raw",
        "is it safe|is Weft safe|is it safe to share my GPU|is serving safe",
        "[The model runs inside the sandbox of the browser,|Your browser keeps the page in a sandbox,] "
        "[so it cannot read your files.|so the page cannot open your private files.] [Other peers may see"
        " your network address.|Peers may learn your network address.]",
    ),
    (
        "raw",
        "how is the answer streamed|why does the answer come word by word|what is streaming|why do words "
        "appear one by one",
        "[The model makes one token at a time,|A language model writes token by token,] [and each token "
        "is sent to you at once.|and every token is shown as soon as it arrives.] [That is why you see "
        "the answer grow.|So you can read before it is finished.]",
    ),
    (
        "raw",
        "how do tabs find each other|how does my tab find a worker|how are peers found|who introduces the"
        " peers",
        "[A light relay introduces the tabs.|The relay tells tabs about each other.] [After that they "
        "talk directly.|Then a direct WebRTC connection opens.]",
    ),
    (
        "raw",
        "where do the model files come from|where are the models stored|how does a tab get a model|who "
        "stores the models",
        "[Model files come from the web or from other tabs, in pieces.|Other tabs can pass on the model "
        "files in pieces, or they come from the web.] [A tab checks each piece by its hash before it is "
        "used.|Each piece is checked before it is used.] [The browser keeps them for the next time.|Then "
        "they stay in the browser.]",
    ),
    (
        "what",
        "a hash|the hash of a file",
        "[A hash is a short number made from a file.|A hash is a fingerprint of data.] [If one letter "
        "changes, the hash changes too.|A changed file has another hash.] [Weft uses hashes to check "
        "files and answers.|So tabs can check that nothing was changed.]",
    ),
    (
        "what",
        "a prompt|the prompt",
        "[A prompt is the text that you send to a model.|A prompt is your question or your task for the "
        "model.] [The model reads it and writes an answer.|The model answers it token by token.]",
    ),
    (
        "what",
        "a session|a Weft session",
        "[A session is one time of using the network.|A session begins when you open the page and ends "
        "when you close it.] [In a later release it also holds one deposit, so that tokens are paid "
        "without pop-ups.|Nothing is paid in it yet.]",
    ),
    (
        "raw",
        "how is cheating prevented|how do you stop cheating|how does Weft catch cheaters|why can I trust "
        "a worker",
        "[In the design, every answer is signed by the node that made it.|The design is that a node signs"
        " what it sends.] [In a later release, verifier tabs repeat random parts of the work and "
        "compare.|Random checks by verifiers are planned for a later release.] [This will make cheating "
        "risky, but it is not a perfect proof.|That lowers the risk but is not a full proof.]",
    ),
    (
        "raw",
        "what does Weft mean|why is it called Weft|where does the name Weft come from",
        "[In weaving, the weft is the thread that goes across and holds the cloth together.|The weft is "
        "the crossing thread in a woven cloth.] [In the same way, the network weaves many tabs "
        "together.|Here many tabs are woven into one network.]",
    ),
    (
        "raw",
        "who owns Weft|who runs Weft|is there a company server|is there a central server",
        "[The work is done by the tabs of the people who take part.|The models run in the tabs of many "
        "people.] [There is only a light relay that introduces them.|No central server runs the models.]",
    ),
    (
        "raw",
        "why should I use Weft|what is Weft good for|what is the benefit of Weft|why use browser tabs",
        "[You can use open models without installing anything,|Anyone can take part with just a browser,]"
        " [and anyone with a GPU can serve them.|and the work is shared by many people.] [Try it: ask me "
        "for a story.|The models are open, so anyone can run them.]",
    ),
    (
        "raw",
        "can I run Weft in two tabs|can I open several tabs|can I open more than one tab",
        "[Yes, you can open several tabs.|Yes, more than one tab can take part.] [They share the same "
        "GPU, so each one will be slower.|But they share one GPU and its memory.]",
    ),
    (
        "raw",
        "how fast is it|how many tokens per second|is Weft fast|why is it slow",
        "[The speed depends on the GPU of the worker, the size of the model and the connection.|It "
        "depends on the worker and on the model.] [Small models are faster than big ones.|A small model "
        "like me is quick even without a GPU.]",
    ),
    (
        "raw",
        "what data do you collect|do you save my chats|do you remember me|are chats stored|where is my "
        "history",
        "[I do not remember other conversations.|I know only what is in this conversation.] [The small "
        "model runs in your tab and sends nothing away.|What you write to me in local mode stays in your "
        "tab.]",
    ),
    (
        "raw",
        "what is a token price|who sets the price|who decides the price",
        "[There are no prices yet.|Nothing has a price yet.] [In the design, each node chooses a price "
        "per token, and you see it before you send the prompt.|In a later release the node sets the price"
        " per token, and the page shows it to you first.]",
    ),
    (
        "raw",
        "what is the difference between a worker and a verifier|worker or verifier|how do workers and "
        "verifiers differ",
        "[A worker runs the model and writes the answer.|The worker makes the answer.] [A verifier is "
        "planned to repeat a part of that work to check it.|A verifier, which comes later, checks a part "
        "of it.]",
    ),
    (
        "raw",
        "what happens to my prompt|where does my prompt go|where is my prompt sent",
        "[In local mode your prompt stays in your tab.|If you talk to me in local mode, it stays in your "
        "tab.] [With a bigger model it goes directly to the node that answers you, and that node sees "
        "it.|For a bigger model it is sent over an encrypted channel to one node, which can read it.]",
    ),
    (
        "raw",
        "what is this|what is this page|what is this site|what is this website|what am I looking at|where"
        " am I|what does this site do",
        "[This is Weft, an inference network made of browser tabs.|You are on the page of Weft, a network"
        " of browser tabs that run AI models.] [I am Bobbin, the small model that runs in your own tab.|I"
        " am Bobbin, and I answer from inside your own tab.] [Ask me for a story, or choose a bigger "
        "model from the network.|You can ask here, or let your GPU serve others.]",
    ),
    (
        "what",
        "local mode|local-only mode|the local mode",
        "[In local mode only your own tab answers you.|Local mode means that the model runs in your own "
        "tab.] [Nothing that you write leaves your computer.|Your prompt is not sent to anybody.]",
    ),
]
